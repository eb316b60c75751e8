using System.Runtime.InteropServices;

namespace Siskin.Vectors.Files;

/// <summary>Writes .npy, version 1, 4-byte floats.</summary>
internal sealed class NpyWriter : VectorWriter
{
    public NpyWriter(string path, int dimensions)
        : base(path, dimensions) => Stream.Write(NpyHeader.OfFloats(0, dimensions));

    private protected override void WriteRows(ReadOnlySpan<float> rows) => Stream.Write(MemoryMarshal.AsBytes(rows));

    // The header is as long for every number of rows.
    private protected override void Finish()
    {
        Stream.Position = 0;
        Stream.Write(NpyHeader.OfFloats(Count, Dimensions));
    }
}
