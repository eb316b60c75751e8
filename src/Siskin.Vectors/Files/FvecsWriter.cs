using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Siskin.Vectors.Files;

/// <summary>Writes .fvecs.</summary>
internal sealed class FvecsWriter(string path, int dimensions) : VectorWriter(path, dimensions)
{
    private protected override void WriteRows(ReadOnlySpan<float> rows)
    {
        Span<byte> header = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(header, Dimensions);
        for (var i = 0; i < rows.Length; i += Dimensions)
        {
            Stream.Write(header);
            Stream.Write(MemoryMarshal.AsBytes(rows.Slice(i, Dimensions)));
        }
    }

    private protected override void Finish()
    {
    }
}
