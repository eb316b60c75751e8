using System.Runtime.CompilerServices;

namespace Siskin.Vectors.Quantization;

/// <summary>Sums table entries for rows of <see cref="PqCodec"/>.</summary>
/// <param name="query">A prepared query.</param>
/// <param name="subSpaces">Bytes per row.</param>
internal readonly unsafe struct PqScorer(byte* query, int subSpaces) : IRowScorer<PqScorer>
{
    private const int Entries = 256;

    private readonly float* _tables = (float*)query;

    public static PqScorer Create(byte* query, RowCodec codec) => new(query, codec.RowBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(byte* row)
    {
        // Four sums, so that look-ups do not wait for each other.
        var (s0, s1, s2, s3) = (0f, 0f, 0f, 0f);
        var table = _tables;
        var j = 0;
        for (; j <= subSpaces - 4; j += 4, table += 4 * Entries)
        {
            s0 += table[row[j]];
            s1 += table[Entries + row[j + 1]];
            s2 += table[(2 * Entries) + row[j + 2]];
            s3 += table[(3 * Entries) + row[j + 3]];
        }

        for (; j < subSpaces; j++, table += Entries)
        {
            s0 += table[row[j]];
        }

        return (s0 + s1) + (s2 + s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Score4(byte* r0, byte* r1, byte* r2, byte* r3, float* scores)
    {
        scores[0] = Score(r0);
        scores[1] = Score(r1);
        scores[2] = Score(r2);
        scores[3] = Score(r3);
    }
}
