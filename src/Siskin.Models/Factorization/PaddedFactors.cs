using System.Runtime.CompilerServices;
using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Factorization;

/// <summary>
/// Vectors in rows of a multiple of 16 numbers, padded with zeros, pinned, and aligned to the cache line, so that the
/// kernels need neither tails nor split loads.
/// </summary>
internal sealed unsafe class PaddedFactors
{
    private readonly float[] _memory;

    public PaddedFactors(int count, int dimensions)
    {
        Count = count;
        Dimensions = dimensions;
        Stride = Pad(dimensions);
        _memory = GC.AllocateArray<float>(checked((count * Stride) + ProductTile.Size), pinned: true);
        var start = (nuint)Unsafe.AsPointer(ref _memory[0]);
        Start = (float*)((start + 63) & ~(nuint)63);
    }

    public PaddedFactors(ReadOnlySpan<float> rows, int dimensions)
        : this(rows.Length / dimensions, dimensions)
    {
        for (var row = 0; row < Count; row++)
        {
            rows.Slice(row * dimensions, dimensions).CopyTo(Row(row));
        }
    }

    public int Count { get; }

    public int Dimensions { get; }

    /// <summary>Numbers from one row to the next.</summary>
    public int Stride { get; }

    /// <summary>Valid as long as this object is reachable.</summary>
    public float* Start { get; }

    public static int Pad(int dimensions) => (dimensions + ProductTile.Size - 1) / ProductTile.Size * ProductTile.Size;

    public Span<float> Row(int row) => new(Start + ((nint)row * Stride), Dimensions);

    public float[] ToArray()
    {
        var rows = new float[Count * Dimensions];
        for (var row = 0; row < Count; row++)
        {
            Row(row).CopyTo(rows.AsSpan(row * Dimensions, Dimensions));
        }

        return rows;
    }
}
