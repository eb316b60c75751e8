using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Siskin.Benchmarks.Vectors;

/// <summary>Writes the generated set on which vector indexes are measured, as .fvecs files.</summary>
internal static class VectorSetConsole
{
    public static void Write(string[] arguments)
    {
        var options = new ModeArguments(arguments, "--out", "--rows", "--queries", "--dimensions", "--seed");
        var folder = options.Text("--out") ?? throw new ArgumentException("--out DIRECTORY is needed.");
        var (dimensions, seed) = (options.Integer("--dimensions", 64), options.Integer("--seed", 1));
        Directory.CreateDirectory(folder);
        WriteStream("base", options.Integer("--rows", 1_000_000), stream: 0);
        WriteStream("query", options.Integer("--queries", 1000), stream: 1);

        void WriteStream(string name, int count, int stream)
        {
            var start = Stopwatch.GetTimestamp();
            var path = Path.Combine(folder, $"gaussian-{dimensions}.{name}.fvecs");
            WriteFile(path, new VectorSetGenerator(dimensions, seed, stream), dimensions, count);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {count:N0} × {dimensions} ({Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s)"));
        }
    }

    private static void WriteFile(string path, VectorSetGenerator generator, int dimensions, int count)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 20);
        var record = new byte[sizeof(int) + (sizeof(float) * dimensions)];
        BinaryPrimitives.WriteInt32LittleEndian(record, dimensions);
        var vector = new float[dimensions];
        for (var row = 0; row < count; row++)
        {
            generator.Next(vector);
            MemoryMarshal.AsBytes<float>(vector).CopyTo(record.AsSpan(sizeof(int)));
            file.Write(record);
        }
    }
}
