using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Siskin.Vectors.Files;

/// <summary>Lists of neighbours as .ivecs files: k row numbers for each query, nearest first.</summary>
public static class NeighbourFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Row numbers, row-major, queries × k, as they stand there; and k.</returns>
    /// <exception cref="ModelFormatException">The file is empty, cut off, has lists of different lengths, or is too large for an array.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static (int[] Ids, int K) Read(string path)
    {
        using var layout = new VecsLayout(path, sizeof(int));
        if (layout.Count * layout.PayloadBytes > int.MaxValue)
        {
            throw new ModelFormatException(path, -1, $"at most {int.MaxValue} bytes of neighbours were expected, found {layout.Count * layout.PayloadBytes}");
        }

        var ids = new int[(int)layout.Count * layout.Dimensions];
        layout.Read(MemoryMarshal.AsBytes(ids.AsSpan()), 0, isEndWanted: true);
        return (ids, layout.Dimensions);
    }

    /// <summary>Writes a file, beside it first and then renamed.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="ids">Row numbers, row-major, queries × k.</param>
    /// <param name="k">Neighbours per query, at least 1.</param>
    /// <exception cref="ArgumentException">The number of ids is not a multiple of k.</exception>
    public static void Write(string path, ReadOnlySpan<int> ids, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (ids.Length % k != 0)
        {
            throw new ArgumentException($"{ids.Length} ids are no whole number of lists of {k}", nameof(ids));
        }

        using var file = new PendingFile(path);
        Span<byte> header = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(header, k);
        for (var i = 0; i < ids.Length; i += k)
        {
            file.Stream.Write(header);
            file.Stream.Write(MemoryMarshal.AsBytes(ids.Slice(i, k)));
        }

        file.Commit();
    }
}
