using System.Globalization;
using System.Runtime.InteropServices;
using Siskin.Inference.Onnx.Format;
using Siskin.Vectors;

namespace Siskin.Inference.Onnx.Runtime;

/// <summary>An ONNX file that is fit to be given to ONNX Runtime: whole, with all its numbers, none of them NaN, and none of them outside of its folder.</summary>
/// <remarks>Operators, types and versions are the runtime's business, so what is unknown here is passed over.</remarks>
internal sealed class OnnxFile
{
    private readonly string _path;

    private OnnxFile(string path, byte[] bytes) => (_path, Bytes) = (path, bytes);

    /// <summary>The file.</summary>
    public byte[] Bytes { get; }

    /// <summary>Whether some tensors lie in other files of its folder.</summary>
    public bool HasOtherFiles { get; private set; }

    /// <summary>What it declares as inputs, constants among them; types other than tensors have no element type.</summary>
    public IReadOnlyList<OnnxValue> Inputs { get; private set; } = [];

    /// <summary>What it declares as outputs.</summary>
    public IReadOnlyList<OnnxValue> Outputs { get; private set; } = [];

    /// <summary>Reads a file and checks it.</summary>
    /// <exception cref="ModelFormatException">It is damaged or must not be run; says where and why.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static OnnxFile Read(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > int.MaxValue)
        {
            throw new ModelFormatException(path, -1, string.Create(CultureInfo.InvariantCulture, $"has {length} bytes; a Protobuf file ends at {int.MaxValue}"));
        }

        var file = new OnnxFile(path, File.ReadAllBytes(path));
        file.ReadModel(new ProtoReader(file.Bytes, path));
        return file;
    }

    private void ReadModel(ProtoReader reader)
    {
        var hasGraph = false;
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            switch (field)
            {
                case 7:
                    var (inputs, outputs) = ReadGraph(reader.Message());
                    (hasGraph, Inputs, Outputs) = (true, inputs, outputs);
                    break;
                case 25: ReadFunction(reader.Message()); break;
            }
        }

        if (!hasGraph)
        {
            throw reader.Damaged("there is no graph in it: it is not an ONNX file, or not all of one");
        }
    }

    private (List<OnnxValue> Inputs, List<OnnxValue> Outputs) ReadGraph(ProtoReader reader)
    {
        var (inputs, outputs) = (new List<OnnxValue>(), new List<OnnxValue>());
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            switch (field)
            {
                case 1: ReadNode(reader.Message()); break;
                case 5: ReadTensor(reader.Message(), string.Empty); break;
                case 11: inputs.Add(OnnxValue.Read(reader.Message())); break;
                case 12: outputs.Add(OnnxValue.Read(reader.Message())); break;
                case 15: ReadSparseTensor(reader.Message(), string.Empty); break;
            }
        }

        return (inputs, outputs);
    }

    private void ReadFunction(ProtoReader reader)
    {
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            switch (field)
            {
                case 7: ReadNode(reader.Message()); break;
                case 11: ReadAttribute(reader.Message(), "a function"); break;
            }
        }
    }

    private void ReadNode(ProtoReader reader)
    {
        var (output, name) = (string.Empty, string.Empty);
        var attributes = new List<ProtoReader>();
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            switch (field)
            {
                case 2: output = output.Length == 0 ? reader.String() : output; break;
                case 3: name = reader.String(); break;
                case 5: attributes.Add(reader.Message()); break;
            }
        }

        foreach (var attribute in attributes)
        {
            ReadAttribute(attribute, name.Length > 0 ? name : output);
        }
    }

    private void ReadAttribute(ProtoReader reader, string node)
    {
        var name = string.Empty;
        var floats = new List<float>();
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            switch (field)
            {
                case 1: name = reader.String(); break;
                case 5 or 10: ReadTensor(reader.Message(), $"{node}.{name}"); break;
                case 6 or 11: ReadGraph(reader.Message()); break;
                case 7: reader.AddTo(floats); break;
                case 22 or 23: ReadSparseTensor(reader.Message(), $"{node}.{name}"); break;
            }
        }

        if (floats.FindIndex(float.IsNaN) is >= 0 and var at)
        {
            throw reader.Damaged($"number {at} of the attribute '{name}' of node '{node}' is NaN");
        }
    }

    private void ReadSparseTensor(ProtoReader reader, string owner)
    {
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            if (field is 1 or 2)
            {
                ReadTensor(reader.Message(), owner);
            }
        }
    }

    private void ReadTensor(ProtoReader reader, string owner)
    {
        var (name, type, isElsewhere) = (owner, 0, false);
        var (dimensions, integers, floats) = (new List<long>(), new List<long>(), new List<float>());
        ReadOnlyMemory<byte>? raw = null;
        var doubles = ReadOnlyMemory<byte>.Empty;
        var place = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            switch (field)
            {
                case 1: reader.AddTo(dimensions); break;
                case 2: type = (int)reader.Int64(); break;
                case 4: reader.AddTo(floats); break;
                case 5: reader.AddTo(integers); break;
                case 8: name = reader.String() is { Length: > 0 } own ? own : owner; break;
                case 9: raw = reader.Content(); break;
                case 10: doubles = reader.Content(); break;
                case 13: ReadEntry(reader.Message(), place); break;
                case 14: isElsewhere = reader.Int64() == 1; break;
            }
        }

        var bytes = BytesOf(reader, name, type, dimensions);
        if (isElsewhere)
        {
            ReadElsewhere(name, type, bytes, place);
            return;
        }

        if (raw is { } content && bytes is { } expected && content.Length != expected)
        {
            throw reader.Damaged(string.Create(CultureInfo.InvariantCulture, $"tensor '{name}' has {content.Length} bytes, its shape asks for {expected}"));
        }

        var check = new FiniteCheck(type);
        if (FiniteCheck.Concerns(type))
        {
            // Numbers of half the size stand among the whole numbers, one each.
            check.Add(raw is { } own ? own.Span
                : type == 1 ? MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(floats))
                : type == 11 ? doubles.Span
                : MemoryMarshal.AsBytes<ushort>(integers.ConvertAll(value => unchecked((ushort)value)).ToArray()));
        }

        Require(check, name);
    }

    private void ReadElsewhere(string name, int type, long? bytes, Dictionary<string, string> place)
    {
        HasOtherFiles = true;
        var path = ExternalFile.Find(_path, name, place.GetValueOrDefault("location", string.Empty));
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        var offset = Number(name, place, "offset") ?? 0;
        var length = Number(name, place, "length") ?? bytes ?? 0;
        if (bytes is { } expected && length != expected)
        {
            throw new ModelFormatException(_path, -1, string.Create(CultureInfo.InvariantCulture, $"tensor '{name}' has {length} bytes of '{Path.GetFileName(path)}', its shape asks for {expected}"));
        }

        if (offset > stream.Length || length > stream.Length - offset)
        {
            throw new ModelFormatException(path, stream.Length, string.Create(CultureInfo.InvariantCulture, $"ends here; tensor '{name}' takes {length} bytes from {offset} on"));
        }

        if (!FiniteCheck.Concerns(type))
        {
            return;
        }

        var check = new FiniteCheck(type);
        var buffer = new byte[1 << 20];
        stream.Position = offset;
        for (var left = length; left > 0;)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(left, buffer.Length));
            stream.ReadExactly(part);
            check.Add(part);
            left -= part.Length;
        }

        Require(check, name);
    }

    private void Require(FiniteCheck check, string name)
    {
        if (check.Flaw() is { } flaw)
        {
            throw new ModelFormatException(_path, -1, $"tensor '{name}': {flaw}");
        }
    }

    private long? Number(string name, Dictionary<string, string> place, string key) =>
        !place.TryGetValue(key, out var text) ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ModelFormatException(_path, -1, $"the {key} of tensor '{name}' in another file is '{text}', which is no number of bytes");

    // null where the type says nothing of it.
    private static long? BytesOf(ProtoReader reader, string name, int type, List<long> dimensions)
    {
        Int128 count = 1;
        foreach (var dimension in dimensions)
        {
            count = dimension >= 0
                ? Int128.Min(count * dimension, long.MaxValue / 128)
                : throw reader.Damaged(string.Create(CultureInfo.InvariantCulture, $"tensor '{name}' has a dimension of {dimension}"));
        }

        var bits = OrtTypes.BitsOf(type);
        return bits == 0 ? null : (long)(((count * bits) + 7) / 8);
    }

    private static void ReadEntry(ProtoReader reader, Dictionary<string, string> entries)
    {
        var (key, value) = (string.Empty, string.Empty);
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            (key, value) = field switch
            {
                1 => (reader.String(), value),
                2 => (key, reader.String()),
                _ => (key, value),
            };
        }

        entries[key] = value;
    }
}
