using System.Globalization;

namespace Siskin.Inference.Onnx.Format;

/// <summary>An ONNX file (<c>ModelProto</c>), as <c>onnx.proto3</c> of github.com/onnx/onnx describes it; training is left out.</summary>
internal sealed record OnnxModel
{
    /// <summary>Version of the format. 8 came with ONNX 1.10 of 2021.</summary>
    public long FormatVersion { get; init; } = 8;

    /// <summary>Versions of operator sets, by domain; ONNX's own is the empty one.</summary>
    public required IReadOnlyDictionary<string, long> OperatorSets { get; init; }

    public string ProducerName { get; init; } = "";

    public string ProducerVersion { get; init; } = "";

    public required OnnxGraph Graph { get; init; }

    /// <summary>What else is to be known, by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Writes the file.</summary>
    /// <param name="stream">Stays open.</param>
    /// <exception cref="NotSupportedException">It would be 2 GiB or larger, more than Protobuf allows; nothing is written.</exception>
    public void Write(Stream stream)
    {
        var size = ProtoWriter.SizeOf(Write);
        if (size > int.MaxValue)
        {
            throw new NotSupportedException(string.Create(CultureInfo.InvariantCulture, $"model '{Graph.Name}' takes {size:N0} bytes as ONNX; a Protobuf file ends at {int.MaxValue:N0}"));
        }

        ProtoWriter.Write(stream, Write);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="bytes">The file; tensors refer to parts of it.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="Vectors.ModelFormatException">It is damaged, or has something that is not read.</exception>
    public static OnnxModel Read(byte[] bytes, string path)
    {
        var reader = new ProtoReader(bytes, path);
        var (version, producer, producerVersion) = (0L, "", "");
        OnnxGraph? graph = null;
        var (sets, metadata) = (new Dictionary<string, long>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            switch (field)
            {
                case 1: version = reader.Int64(); break;
                case 2: producer = reader.String(); break;
                case 3: producerVersion = reader.String(); break;
                case 7: graph = OnnxGraph.Read(reader.Message()); break;
                case 8: ReadOperatorSet(reader.Message(), sets); break;
                case 14: ReadMetadata(reader.Message(), metadata); break;
            }
        }

        return graph is not null
            ? new OnnxModel { FormatVersion = version, ProducerName = producer, ProducerVersion = producerVersion, Graph = graph, OperatorSets = sets, Metadata = metadata }
            : throw reader.Damaged("there is no graph in it");
    }

    private void Write(ProtoWriter writer)
    {
        writer.Int64(1, FormatVersion);
        writer.String(2, ProducerName);
        writer.String(3, ProducerVersion);
        writer.Message(7, Graph.Write);
        foreach (var (domain, version) in OperatorSets)
        {
            writer.Message(8, set =>
            {
                set.String(1, domain);
                set.Int64(2, version);
            });
        }

        foreach (var (key, value) in Metadata)
        {
            writer.Message(14, entry =>
            {
                entry.String(1, key);
                entry.String(2, value);
            });
        }
    }

    private static void ReadOperatorSet(ProtoReader reader, Dictionary<string, long> sets)
    {
        var (domain, version) = ("", 0L);
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            (domain, version) = field switch
            {
                1 => (reader.String(), version),
                2 => (domain, reader.Int64()),
                _ => (domain, version),
            };
        }

        // One name for ONNX's own operators in the file, another in the specification.
        sets[domain == "ai.onnx" ? "" : domain] = version;
    }

    private static void ReadMetadata(ProtoReader reader, Dictionary<string, string> metadata)
    {
        var (key, value) = ("", "");
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            (key, value) = field switch
            {
                1 => (reader.String(), value),
                2 => (key, reader.String()),
                _ => (key, value),
            };
        }

        metadata[key] = value;
    }
}
