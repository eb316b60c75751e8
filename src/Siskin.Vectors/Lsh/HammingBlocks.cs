using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Siskin.Vectors.Lsh;

/// <summary>Hamming distances of one sketch to many, which lie in blocks of eight: word 0 of eight rows, word 1 of the eight, and so on.</summary>
internal static unsafe class HammingBlocks
{
    public const int Rows = 8;

    /// <summary>Words that hold so many rows.</summary>
    public static long Words(long rows, int wordsPerRow) => (rows + Rows - 1) / Rows * Rows * wordsPerRow;

    /// <summary>Writes a row into its block.</summary>
    public static void Set(ulong* blocks, long row, int words, ulong* sketch)
    {
        var at = blocks + (row / Rows * Rows * words) + (row % Rows);
        for (var w = 0; w < words; w++)
        {
            at[w * Rows] = sketch[w];
        }
    }

    /// <summary>Reads a row out of its block.</summary>
    public static void Get(ulong* blocks, long row, int words, ulong* sketch)
    {
        var at = blocks + (row / Rows * Rows * words) + (row % Rows);
        for (var w = 0; w < words; w++)
        {
            sketch[w] = at[w * Rows];
        }
    }

    /// <summary>Which rows of a block differ from a sketch in at most so many bits: bit i for row i.</summary>
    /// <param name="block">Start of the block.</param>
    /// <param name="query">The sketch, one word after the other.</param>
    /// <param name="words">Words per row.</param>
    /// <param name="most">The largest distance that passes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Within(ulong* block, ulong* query, int words, int most)
    {
        if (Avx512BW.IsSupported)
        {
            return (uint)Vector512.LessThanOrEqual(Distances512(block, query, words), Vector512.Create((long)most)).ExtractMostSignificantBits();
        }

        return WithinReference(block, query, words, most);
    }

    public static uint WithinReference(ulong* block, ulong* query, int words, int most)
    {
        var mask = 0u;
        for (var row = 0; row < Rows; row++)
        {
            var distance = 0;
            for (var w = 0; w < words; w++)
            {
                distance += BitOperations.PopCount(block[(w * Rows) + row] ^ query[w]);
            }

            mask |= distance <= most ? 1u << row : 0;
        }

        return mask;
    }

    // Counts bits by table look-up on half bytes (Muła, Kurz and Lemire 2018): this runtime does not offer the instruction that counts bits of 64-bit lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Distances512(ulong* block, ulong* query, int words)
    {
        var table = Vector512.Create(
            0x0302020102010100ul, 0x0403030203020201, 0x0302020102010100, 0x0403030203020201,
            0x0302020102010100, 0x0403030203020201, 0x0302020102010100, 0x0403030203020201).AsByte();
        var low = Vector512.Create((byte)15);
        var counts = Vector512<byte>.Zero;
        for (var w = 0; w < words; w++)
        {
            var bits = Vector512.Xor(Vector512.Load(block + (w * Rows)), Vector512.Create(query[w])).AsByte();
            counts += Avx512BW.Shuffle(table, bits & low) + Avx512BW.Shuffle(table, Vector512.ShiftRightLogical(bits.AsUInt16(), 4).AsByte() & low);
        }

        // At most 16 words: 128 per byte, so that no byte overflows.
        return Avx512BW.SumAbsoluteDifferences(counts, Vector512<byte>.Zero).AsInt64();
    }
}
