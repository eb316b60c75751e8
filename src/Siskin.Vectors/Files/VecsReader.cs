using System.Runtime.InteropServices;

namespace Siskin.Vectors.Files;

/// <summary>Reads .fvecs, .bvecs and .ivecs as floats.</summary>
internal sealed class VecsReader : VectorReader
{
    private readonly VecsLayout _layout;
    private readonly bool _isEndWanted;
    private byte[] _bytes = [];

    public VecsReader(string path, VectorFileFormat format, VectorFileOptions options)
        : base(path, format, options)
    {
        _layout = new VecsLayout(path, format == VectorFileFormat.Bvecs ? sizeof(byte) : sizeof(float));
        _isEndWanted = options.MaxRows > _layout.Count;
        Dimensions = _layout.Dimensions;
        if (_layout.Count == 0)
        {
            using (_layout)
            {
                // Tells what is missing of the first row.
                _layout.Read([], 0, isEndWanted: true);
            }
        }

        SetCount(_layout.Count);
    }

    private protected override double ByteProgress => (double)RowsRead / Count;

    public override void Dispose() => _layout.Dispose();

    private protected override int ReadRows(Span<float> rows, ICollection<string>? labels) => Format switch
    {
        VectorFileFormat.Bvecs => ReadBytes(rows),
        VectorFileFormat.Ivecs => ReadIntegers(rows),
        _ => ReadFloats(rows),
    };

    private int ReadFloats(Span<float> rows)
    {
        var count = _layout.Read(MemoryMarshal.AsBytes(rows), RowsRead, _isEndWanted);
        var other = Finite.IndexOfOther(rows[..(count * Dimensions)]);
        if (other >= 0)
        {
            var (row, column) = (RowsRead + (other / Dimensions), other % Dimensions);
            throw new ModelFormatException(Path, _layout.OffsetOf(row, column * sizeof(float)), $"row {row}, dimension {column}: {NotFinite(rows[other])}");
        }

        return count;
    }

    private int ReadIntegers(Span<float> rows)
    {
        var integers = MemoryMarshal.Cast<float, int>(rows);
        var count = _layout.Read(MemoryMarshal.AsBytes(rows), RowsRead, _isEndWanted);
        for (var i = 0; i < count * Dimensions; i++)
        {
            rows[i] = integers[i];
        }

        return count;
    }

    private int ReadBytes(Span<float> rows)
    {
        if (_bytes.Length < rows.Length)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(rows.Length);
        }

        var count = _layout.Read(_bytes.AsSpan(0, rows.Length), RowsRead, _isEndWanted);
        for (var i = 0; i < count * Dimensions; i++)
        {
            rows[i] = _bytes[i];
        }

        return count;
    }
}
