using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Siskin.Vectors;

namespace Siskin.Models.Features;

/// <summary>The file of a <see cref="FeatureEncoder"/>: magic and version, content, checksum of both. Little-endian.</summary>
internal static class FeatureEncoderFile
{
    private const uint Magic = 0x45465353; // SSFE
    private const int Version = 1;
    private const int ChecksumBytes = 8;

    private enum FieldCode : byte
    {
        Dense,
        Bucket,
        Categorical,
        MultiHot,
        Sequence,
    }

    public static void Save(FeatureEncoder encoder, string path)
    {
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write(Version);
            Write(writer, encoder);
        }

        var checksum = new byte[ChecksumBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(checksum, XxHash3.HashToUInt64(content.GetBuffer().AsSpan(0, (int)content.Length)));
        content.Write(checksum);
        var pending = path + ".tmp";
        using (var file = new FileStream(pending, FileMode.Create, FileAccess.Write))
        {
            content.WriteTo(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(pending, path, overwrite: true);
    }

    public static FeatureEncoder Load(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < 8 + ChecksumBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
        {
            throw new ModelFormatException(path, 0, "a feature encoder was expected; the file is something else or cut short");
        }

        var version = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4));
        if (version != Version)
        {
            throw new ModelFormatException(path, 4, $"version {Version} was expected, found {version}");
        }

        var end = bytes.Length - ChecksumBytes;
        if (XxHash3.HashToUInt64(bytes.AsSpan(0, end)) != BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(end)))
        {
            throw new ModelFormatException(path, -1, "the checksum does not match: the file is damaged or cut short");
        }

        using var reader = new BinaryReader(new MemoryStream(bytes, 8, end - 8), Encoding.UTF8);
        try
        {
            return Read(reader);
        }
        catch (Exception e) when (e is IOException or ArgumentException or FormatException or OverflowException or OutOfMemoryException or KeyNotFoundException)
        {
            throw new ModelFormatException(path, 8 + reader.BaseStream.Position, $"the content is not sound: {e.Message}");
        }
    }

    private static void Write(BinaryWriter writer, FeatureEncoder encoder)
    {
        WriteTexts(writer, [.. encoder.Schema.Labels]);
        WriteOptional(writer, encoder.Schema.Group);
        writer.Write(encoder.Schema.Fields.Count);
        for (var i = 0; i < encoder.Schema.Fields.Count; i++)
        {
            var field = encoder.Schema.Fields[i];
            writer.Write((byte)CodeOf(field));
            writer.Write(field.Name);
            WriteOptional(writer, field.Column);
            writer.Write((byte)field.Side);
            switch (field)
            {
                case DenseField dense:
                    writer.Write((byte)dense.Transform);
                    writer.Write(dense.AllowMissing);
                    writer.Write(encoder.Numbers[i]!.Mean);
                    writer.Write(encoder.Numbers[i]!.Deviation);
                    break;
                case BucketField bucket:
                    writer.Write(bucket.Buckets);
                    writer.Write(encoder.Numbers[i]!.Edges.Length);
                    Array.ForEach(encoder.Numbers[i]!.Edges, writer.Write);
                    break;
                case TokenField token:
                    writer.Write(token.MinCount);
                    writer.Write(token.HashBuckets);
                    WriteOptional(writer, token.VocabularyOf);
                    writer.Write(token is MultiHotField multi ? multi.MaxLength : token is SequenceField sequence ? sequence.MaxLength : 1);
                    writer.Write(token is MultiHotField pooled ? (byte)pooled.Pooling : (byte)0);
                    if (token.VocabularyOf is null)
                    {
                        WriteTexts(writer, encoder.Tokens[encoder.SlotAt(i).Vocabulary]!.Words);
                    }

                    break;
            }
        }
    }

    private static FeatureEncoder Read(BinaryReader reader)
    {
        var labels = ReadTexts(reader);
        var group = ReadOptional(reader);
        var count = ReadCount(reader, 1);
        var (fields, numbers) = (new FeatureField[count], new NumberCode?[count]);
        var words = new Dictionary<string, TokenCode>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var code = (FieldCode)reader.ReadByte();
            var (name, column, side) = (reader.ReadString(), ReadOptional(reader), (FeatureSide)reader.ReadByte());
            if (code == FieldCode.Dense)
            {
                var dense = new DenseField { Name = name, Column = column, Side = side, Transform = (DenseTransform)reader.ReadByte(), AllowMissing = reader.ReadBoolean() };
                numbers[i] = new(dense.Transform, reader.ReadDouble(), reader.ReadDouble(), []);
                fields[i] = dense;
            }
            else if (code == FieldCode.Bucket)
            {
                fields[i] = new BucketField { Name = name, Column = column, Side = side, Buckets = reader.ReadInt32() };
                var edges = new float[ReadCount(reader, sizeof(float))];
                for (var e = 0; e < edges.Length; e++)
                {
                    edges[e] = reader.ReadSingle();
                }

                numbers[i] = new(DenseTransform.None, 0, 0, edges);
            }
            else
            {
                fields[i] = ReadToken(reader, code, name, words) with { Column = column, Side = side };
            }
        }

        if (reader.BaseStream.Position != reader.BaseStream.Length)
        {
            throw new FormatException("there are bytes behind the last feature");
        }

        var schema = new FeatureSchema { Fields = fields, Labels = labels, Group = group };
        schema.Validate();
        return FeatureEncoder.Create(schema, numbers, words);
    }

    private static TokenField ReadToken(BinaryReader reader, FieldCode code, string name, Dictionary<string, TokenCode> words)
    {
        var (minCount, hashBuckets, owner) = (reader.ReadInt32(), reader.ReadInt32(), ReadOptional(reader));
        var (maxLength, pooling) = (reader.ReadInt32(), (FeaturePooling)reader.ReadByte());
        TokenField field = code switch
        {
            FieldCode.Categorical => new CategoricalField { Name = name },
            FieldCode.MultiHot => new MultiHotField { Name = name, MaxLength = maxLength, Pooling = pooling },
            FieldCode.Sequence => new SequenceField { Name = name, MaxLength = maxLength },
            _ => throw new FormatException($"the feature '{name}' is of the unknown kind {code}"),
        };
        if (owner is null)
        {
            words.Add(name, new TokenCode(ReadTexts(reader), hashBuckets));
        }

        return field with { MinCount = minCount, HashBuckets = hashBuckets, VocabularyOf = owner };
    }

    private static FieldCode CodeOf(FeatureField field) => field switch
    {
        DenseField => FieldCode.Dense,
        BucketField => FieldCode.Bucket,
        CategoricalField => FieldCode.Categorical,
        MultiHotField => FieldCode.MultiHot,
        SequenceField => FieldCode.Sequence,
        _ => throw new ArgumentException($"the feature '{field.Name}' is of a kind that files do not know"),
    };

    private static void WriteTexts(BinaryWriter writer, string[] texts)
    {
        writer.Write(texts.Length);
        Array.ForEach(texts, writer.Write);
    }

    private static string[] ReadTexts(BinaryReader reader)
    {
        var texts = new string[ReadCount(reader, 1)];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = reader.ReadString();
        }

        return texts;
    }

    private static void WriteOptional(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        writer.Write(text ?? string.Empty);
    }

    private static string? ReadOptional(BinaryReader reader)
    {
        var isThere = reader.ReadBoolean();
        var text = reader.ReadString();
        return isThere ? text : null;
    }

    /// <summary>A count that the rest of the file has room for, so that a wrong one cannot ask for all memory.</summary>
    private static int ReadCount(BinaryReader reader, int bytesEach)
    {
        var count = reader.ReadInt32();
        return count >= 0 && count <= (reader.BaseStream.Length - reader.BaseStream.Position) / bytesEach
            ? count
            : throw new FormatException($"a count of {count} does not fit the file");
    }
}
