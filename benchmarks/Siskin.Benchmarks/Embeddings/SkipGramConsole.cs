using System.Diagnostics;
using System.Globalization;
using Siskin.Models.Embeddings;

namespace Siskin.Benchmarks.Embeddings;

/// <summary>Trains item2vec on a file of sequences, prints words/s and writes the vectors as word2vec text, which <c>compare.py</c> judges beside fastText.</summary>
internal static class SkipGramConsole
{
    public static void Run(string[] arguments)
    {
        var mode = new ModeArguments(arguments, "--corpus", "--threads", "--share", "--epochs", "--out");
        var corpus = mode.Text("--corpus") ?? throw new ArgumentException("--corpus FILE is needed: one sequence of ids a line");
        var sequences = ItemSequences.From(1 + MaximumId(corpus), Lines(corpus));
        var options = new SkipGramOptions
        {
            Threads = mode.Integer("--threads", 1),
            ShareNegatives = mode.Integer("--share", 0) == 1,
            Epochs = mode.Integer("--epochs", 5),
        };
        var rate = 0.0;
        var start = Stopwatch.GetTimestamp();
        var model = SkipGram.Train(sequences, options, new Last(report => rate = report.WordsPerSecond));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"threads {options.Threads} share {options.ShareNegatives} words/s {rate:F0} seconds {Stopwatch.GetElapsedTime(start).TotalSeconds:F2}"));
        if (mode.Text("--out") is { } path)
        {
            using var writer = new StreamWriter(path);
            writer.WriteLine($"{model.ItemCount} {model.Dimensions}");
            for (var item = 0; item < model.ItemCount; item++)
            {
                writer.Write(item);
                foreach (var value in model.Vector(item))
                {
                    writer.Write(' ');
                    writer.Write(value.ToString("R", CultureInfo.InvariantCulture));
                }

                writer.WriteLine();
            }
        }
    }

    private static IEnumerable<int[]> Lines(string path) =>
        File.ReadLines(path).Select(line => Array.ConvertAll(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), text => int.Parse(text, CultureInfo.InvariantCulture)));

    private static int MaximumId(string path) => Lines(path).Max(line => line.DefaultIfEmpty(0).Max());

    // Progress<T> reports later on another thread; the last rate is wanted now.
    private sealed class Last(Action<SkipGramProgress> action) : IProgress<SkipGramProgress>
    {
        public void Report(SkipGramProgress value) => action(value);
    }
}
