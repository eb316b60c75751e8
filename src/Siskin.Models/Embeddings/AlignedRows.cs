using System.Runtime.InteropServices;

namespace Siskin.Models.Embeddings;

/// <summary>Rows of floats in native memory, each starting on a cache line and padded with zeros to a multiple of 16.</summary>
/// <remarks>Threads write to it without locks (Niu, Recht, Ré and Wright 2011, Hogwild); no row shares a line with another.</remarks>
internal sealed unsafe class AlignedRows : IDisposable
{
    private float* _data;

    public AlignedRows(int count, int dimensions)
    {
        Count = count;
        Dimensions = dimensions;
        Stride = (dimensions + 15) & ~15;
        var bytes = (nuint)Math.Max(1, count) * (nuint)Stride * sizeof(float);
        _data = (float*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(_data, bytes);
    }

    ~AlignedRows() => Free();

    public int Count { get; }

    public int Dimensions { get; }

    public int Stride { get; }

    public float* Row(int row) => _data + ((long)row * Stride);

    public Span<float> Span(int row) => new(Row(row), Dimensions);

    /// <summary>Draws every number from −1/(2d) to 1/(2d), as word2vec does.</summary>
    public void Initialize(int seed, long stream)
    {
        var random = new RandomStream(seed, stream);
        for (var row = 0; row < Count; row++)
        {
            foreach (ref var value in Span(row))
            {
                value = (random.NextSingle() - 0.5f) / Dimensions;
            }
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_data);
        _data = null;
    }
}
