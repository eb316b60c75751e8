using System.Buffers;

namespace Siskin.Vectors.Exact;

/// <summary>Numbers of an open index file as memory; the file must stay open as long as it is used.</summary>
internal sealed unsafe class MappedFloats(float* start, int length) : MemoryManager<float>
{
    /// <inheritdoc/>
    public override Span<float> GetSpan() => new(start, length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
