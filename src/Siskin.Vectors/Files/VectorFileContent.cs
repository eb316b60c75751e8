using System.Buffers.Binary;

namespace Siskin.Vectors.Files;

/// <summary>Tells the format of a file of vectors by how it begins.</summary>
internal static class VectorFileContent
{
    private const int HeadLength = 64 << 10;

    /// <summary>Looks at the first 64 KiB.</summary>
    /// <exception cref="ModelFormatException">They are of no known format.</exception>
    public static VectorFileFormat Detect(string path)
    {
        var head = new byte[HeadLength];
        long length;
        using (var file = File.OpenHandle(path))
        {
            length = RandomAccess.GetLength(file);
            head = head[..RandomAccess.Read(file, head, 0)];
        }

        if (length == 0)
        {
            throw new ModelFormatException(path, 0, "vectors were expected, the file is empty");
        }

        if (head.AsSpan().StartsWith(NpyHeader.Magic))
        {
            return VectorFileFormat.Npy;
        }

        if (!head.AsSpan().Contains((byte)0))
        {
            return DetectText(head);
        }

        return HasRows(head, length, sizeof(float)) ? VectorFileFormat.Fvecs
            : HasRows(head, length, sizeof(byte)) ? VectorFileFormat.Bvecs
            : throw new ModelFormatException(path, 0, "neither the ending of the name nor the content is that of a known format: .fvecs, .bvecs, .ivecs, .npy, CSV, or text with a word and its numbers on each line");
    }

    // The first line may be a header; the second tells more.
    private static VectorFileFormat DetectText(ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf((byte)'\n');
        var rest = end < 0 ? [] : head[(end + 1)..];
        var second = rest.IndexOf((byte)'\n') is var at and >= 0 ? rest[..at] : rest;
        var line = second.Trim(" \t\r"u8).Length > 0 ? second : head[..(end < 0 ? head.Length : end)];
        line = line.Trim(" \t\r"u8);
        var separators = Math.Max(line.Count((byte)','), Math.Max(line.Count((byte)';'), line.Count((byte)'\t')));
        return separators > 0 && separators >= line.Count((byte)' ') ? VectorFileFormat.Csv
            : line.Contains((byte)' ') ? VectorFileFormat.WordVectors
            : VectorFileFormat.Csv;
    }

    private static bool HasRows(ReadOnlySpan<byte> head, long length, int bytesPerNumber)
    {
        if (head.Length < sizeof(int))
        {
            return false;
        }

        var d = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (d is < 1 or > VectorReader.MaxDimensions)
        {
            return false;
        }

        var rowBytes = sizeof(int) + ((long)d * bytesPerNumber);
        return length % rowBytes == 0 && (rowBytes > head.Length - sizeof(int) || BinaryPrimitives.ReadInt32LittleEndian(head[(int)rowBytes..]) == d);
    }
}
