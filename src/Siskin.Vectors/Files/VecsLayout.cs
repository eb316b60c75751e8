using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Siskin.Vectors.Files;

/// <summary>Rows that each begin with their d: what .fvecs, .bvecs and .ivecs have in common.</summary>
internal sealed class VecsLayout : IDisposable
{
    private const int HeaderBytes = sizeof(int);
    private const int BlockBytes = 1 << 20;

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly byte[] _block;
    private readonly long _length;
    private long _offset;

    /// <summary>Opens a file and takes d from its first row.</summary>
    /// <exception cref="ModelFormatException">The file is empty, or begins with no sensible d.</exception>
    public VecsLayout(string path, int bytesPerNumber)
    {
        _path = path;
        _file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        try
        {
            _length = RandomAccess.GetLength(_file);
            Span<byte> header = stackalloc byte[HeaderBytes];
            if (_length == 0)
            {
                throw new ModelFormatException(path, 0, "a row of numbers was expected, the file is empty");
            }

            BinaryBlocks.ReadExactly(_file, path, header, 0, "the number of dimensions of the first row");
            Dimensions = BinaryPrimitives.ReadInt32LittleEndian(header);
            if (Dimensions is < 1 or > VectorReader.MaxDimensions)
            {
                throw new ModelFormatException(path, 0, $"1 to {VectorReader.MaxDimensions} dimensions were expected, found {Dimensions}");
            }
        }
        catch
        {
            _file.Dispose();
            throw;
        }

        PayloadBytes = Dimensions * bytesPerNumber;
        RowBytes = HeaderBytes + PayloadBytes;
        Count = _length / RowBytes;
        _block = new byte[Math.Max(1, BlockBytes / RowBytes) * RowBytes];
    }

    /// <summary>Numbers per row, d.</summary>
    public int Dimensions { get; }

    /// <summary>Bytes of a row's numbers.</summary>
    public int PayloadBytes { get; }

    /// <summary>Bytes of a row with its d.</summary>
    public int RowBytes { get; }

    /// <summary>Whole rows in the file.</summary>
    public long Count { get; }

    /// <summary>Where a number of a row stands in the file.</summary>
    public long OffsetOf(long row, int payloadByte) => (row * RowBytes) + HeaderBytes + payloadByte;

    /// <summary>Reads rows one behind the other.</summary>
    /// <param name="numbers">Output: room for whole rows of <see cref="PayloadBytes"/>.</param>
    /// <param name="firstRow">Number of the first one.</param>
    /// <param name="isEndWanted">Whether all that lies behind these rows is wanted too, so that a broken end matters.</param>
    /// <returns>How many rows there were.</returns>
    /// <exception cref="ModelFormatException">A row has another d, or, after all whole rows, there is a part of one.</exception>
    public int Read(Span<byte> numbers, long firstRow, bool isEndWanted)
    {
        _offset = firstRow * RowBytes;
        var rows = (int)Math.Min(numbers.Length / PayloadBytes, Count - firstRow);
        for (var done = 0; done < rows;)
        {
            var count = Math.Min(_block.Length / RowBytes, rows - done);
            var block = _block.AsSpan(0, count * RowBytes);
            BinaryBlocks.ReadExactly(_file, _path, block, _offset, "whole rows");
            for (var i = 0; i < count; i++)
            {
                var row = block.Slice(i * RowBytes, RowBytes);
                var d = BinaryPrimitives.ReadInt32LittleEndian(row);
                if (d != Dimensions)
                {
                    throw new ModelFormatException(
                        _path, _offset + ((long)i * RowBytes), $"row {firstRow + done + i} was expected to have {Dimensions} dimensions as the first, found {d}");
                }

                row[HeaderBytes..].CopyTo(numbers[((done + i) * PayloadBytes)..]);
            }

            done += count;
            _offset += block.Length;
        }

        if (firstRow + rows == Count && isEndWanted && _length % RowBytes != 0)
        {
            throw new ModelFormatException(_path, Count * RowBytes, $"row {Count} was expected to have {RowBytes} bytes, the file ends after {_length % RowBytes}");
        }

        return rows;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
