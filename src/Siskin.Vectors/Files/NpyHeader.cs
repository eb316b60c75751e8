using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;

namespace Siskin.Vectors.Files;

/// <summary>What a .npy file says about itself: NumPy's format, versions 1 to 3 (NEP 1).</summary>
/// <param name="Type">Kind and bytes of a number, such as <c>f4</c>.</param>
/// <param name="Rows">Number of rows, n.</param>
/// <param name="Dimensions">Numbers per row, d.</param>
/// <param name="DataOffset">Where the numbers begin.</param>
internal sealed partial record NpyHeader(string Type, long Rows, int Dimensions, long DataOffset)
{
    private const int PrefixBytes = 8;
    private const int MaxTextBytes = 1 << 20;

    // Room for the longest shape; numbers begin at a multiple of 64 as NumPy has it.
    private const int WrittenBytes = 128;

    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Bytes of a number.</summary>
    public int TypeBytes => Type[1] - '0';

    /// <summary>Reads the head of a file.</summary>
    /// <exception cref="ModelFormatException">It is no such file, or holds something else than a matrix of numbers in C order.</exception>
    public static NpyHeader Read(SafeFileHandle file, string path)
    {
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        BinaryBlocks.ReadExactly(file, path, prefix, 0, "a .npy header");
        if (!prefix.StartsWith(Magic))
        {
            throw new ModelFormatException(path, 0, "the mark \\x93NUMPY of a .npy file was expected, found something else");
        }

        var version = prefix[6];
        if (version is < 1 or > 3)
        {
            throw new ModelFormatException(path, 6, $"version 1 to 3 of the .npy format was expected, found {version}.{prefix[7]}");
        }

        Span<byte> length = stackalloc byte[version == 1 ? sizeof(ushort) : sizeof(uint)];
        BinaryBlocks.ReadExactly(file, path, length, PrefixBytes, "a .npy header");
        var textBytes = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(length) : BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (textBytes > MaxTextBytes)
        {
            throw new ModelFormatException(path, PrefixBytes, $"a header of at most {MaxTextBytes} bytes was expected, found {textBytes}");
        }

        var text = new byte[textBytes];
        var textOffset = PrefixBytes + length.Length;
        BinaryBlocks.ReadExactly(file, path, text, textOffset, "a .npy header");
        return Parse(path, Encoding.UTF8.GetString(text), textOffset, textOffset + textBytes);
    }

    /// <summary>The head of a file of 4-byte floats; always as long.</summary>
    public static byte[] OfFloats(long rows, int dimensions)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {dimensions}), }}");
        var header = new byte[WrittenBytes];
        header.AsSpan().Fill((byte)' ');
        Magic.CopyTo(header);
        header[6] = 1;
        header[7] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(PrefixBytes), WrittenBytes - PrefixBytes - sizeof(ushort));
        Encoding.ASCII.GetBytes(text, header.AsSpan(PrefixBytes + sizeof(ushort)));
        header[^1] = (byte)'\n';
        return header;
    }

    private static NpyHeader Parse(string path, string text, int textOffset, long dataOffset)
    {
        if (DescriptionKey().Match(text) is not { Success: true } description
            || OrderKey().Match(text) is not { Success: true } order
            || ShapeKey().Match(text) is not { Success: true } shape)
        {
            throw new ModelFormatException(path, textOffset, "'descr' with one type, 'fortran_order' and 'shape' were expected in the header, found " + VectorText.Quote(text));
        }

        var type = description.Groups["type"].Value;
        if (type is not ['<' or '|' or '=', _, _] || type[1..] is not ("f2" or "f4" or "f8" or "i1" or "u1" or "i2" or "u2" or "i4" or "u4" or "i8"))
        {
            throw new ModelFormatException(path, textOffset, $"numbers of type f2, f4, f8, i1, u1, i2, u2, i4, u4 or i8, little-endian, were expected, found {VectorText.Quote(type)}");
        }

        var sizes = shape.Groups["sizes"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (sizes.Length != 2
            || !long.TryParse(sizes[0], NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            || !int.TryParse(sizes[1], NumberStyles.None, CultureInfo.InvariantCulture, out var dimensions))
        {
            throw new ModelFormatException(path, textOffset, $"a matrix of shape (n, d) was expected, found shape ({string.Join(", ", sizes)})");
        }

        if (rows < 1 || dimensions is < 1 or > VectorReader.MaxDimensions)
        {
            throw new ModelFormatException(path, textOffset, $"at least one row of 1 to {VectorReader.MaxDimensions} numbers was expected, found shape ({rows}, {dimensions})");
        }

        // A single row or column is the same in both orders.
        return order.Groups["value"].Value == "False" || rows == 1 || dimensions == 1
            ? new NpyHeader(type[1..], rows, dimensions, dataOffset)
            : throw new ModelFormatException(path, textOffset, "C order was expected, found Fortran order; write the array again by numpy.save(path, numpy.ascontiguousarray(array))");
    }

    [GeneratedRegex(@"['""]descr['""]\s*:\s*['""](?<type>[^'""]*)['""]", RegexOptions.ExplicitCapture)]
    private static partial Regex DescriptionKey();

    [GeneratedRegex(@"['""]fortran_order['""]\s*:\s*(?<value>True|False)", RegexOptions.ExplicitCapture)]
    private static partial Regex OrderKey();

    [GeneratedRegex(@"['""]shape['""]\s*:\s*\((?<sizes>[^)]*)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex ShapeKey();
}
