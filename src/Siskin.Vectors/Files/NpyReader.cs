using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Siskin.Vectors.Files;

/// <summary>Reads .npy.</summary>
internal sealed class NpyReader : VectorReader
{
    private const int BlockBytes = 1 << 20;

    private readonly SafeFileHandle _file;
    private readonly NpyHeader _header;
    private readonly byte[] _block = [];

    public NpyReader(string path, VectorFileOptions options)
        : base(path, VectorFileFormat.Npy, options)
    {
        _file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        try
        {
            _header = NpyHeader.Read(_file, path);
            var (expected, found) = ((Int128)_header.Rows * _header.Dimensions * _header.TypeBytes, RandomAccess.GetLength(_file) - _header.DataOffset);
            if (found != expected)
            {
                throw new ModelFormatException(
                    path,
                    _header.DataOffset + (long)Int128.Min(found, expected),
                    $"{_header.Rows} × {_header.Dimensions} numbers of type {_header.Type}, {expected} bytes, were expected behind the header, found {found} bytes");
            }
        }
        catch
        {
            _file.Dispose();
            throw;
        }

        Dimensions = _header.Dimensions;
        SetCount(_header.Rows);
        if (_header.Type != "f4")
        {
            _block = new byte[BlockBytes];
        }
    }

    private protected override double ByteProgress => (double)RowsRead / Count;

    private long DataOffset => _header.DataOffset + (RowsRead * Dimensions * _header.TypeBytes);

    public override void Dispose() => _file.Dispose();

    private protected override int ReadRows(Span<float> rows, ICollection<string>? labels)
    {
        var count = (int)Math.Min(rows.Length / Dimensions, Count - RowsRead);
        var values = rows[..(count * Dimensions)];
        if (_header.Type == "f4")
        {
            BinaryBlocks.ReadExactly(_file, Path, MemoryMarshal.AsBytes(values), DataOffset, "numbers");
        }
        else
        {
            var (offset, perBlock) = (DataOffset, BlockBytes / _header.TypeBytes);
            for (var start = 0; start < values.Length; start += perBlock)
            {
                var part = values.Slice(start, Math.Min(perBlock, values.Length - start));
                var bytes = _block.AsSpan(0, part.Length * _header.TypeBytes);
                BinaryBlocks.ReadExactly(_file, Path, bytes, offset + ((long)start * _header.TypeBytes), "numbers");
                Convert(bytes, part);
            }
        }

        var other = Finite.IndexOfOther(values);
        if (other >= 0)
        {
            throw new ModelFormatException(
                Path,
                DataOffset + ((long)other * _header.TypeBytes),
                $"row {RowsRead + (other / Dimensions)}, dimension {other % Dimensions}: {NotFinite(values[other])}");
        }

        return count;
    }

    private static void Convert<T>(Span<byte> bytes, Span<float> values)
        where T : unmanaged, INumberBase<T>
    {
        var numbers = MemoryMarshal.Cast<byte, T>(bytes);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = float.CreateTruncating(numbers[i]);
        }
    }

    private void Convert(Span<byte> bytes, Span<float> values)
    {
        switch (_header.Type)
        {
            case "f2":
                Convert<Half>(bytes, values);
                break;
            case "f8":
                Convert<double>(bytes, values);
                break;
            case "i1":
                Convert<sbyte>(bytes, values);
                break;
            case "u1":
                Convert<byte>(bytes, values);
                break;
            case "i2":
                Convert<short>(bytes, values);
                break;
            case "u2":
                Convert<ushort>(bytes, values);
                break;
            case "i4":
                Convert<int>(bytes, values);
                break;
            case "u4":
                Convert<uint>(bytes, values);
                break;
            default:
                Convert<long>(bytes, values);
                break;
        }
    }
}
