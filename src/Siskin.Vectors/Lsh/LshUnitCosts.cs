using System.Diagnostics;
using Siskin.Vectors.Kernels;

namespace Siskin.Vectors.Lsh;

/// <summary>What one row more costs a search, measured on this machine.</summary>
internal sealed unsafe class LshUnitCosts
{
    private const int Rows = 1 << 16;
    private const int Comparisons = 4096;
    private const int Words = 4;
    private const int Rounds = 3;

    private readonly double _microsecondsPerWord;

    /// <param name="rows">Some vectors.</param>
    /// <param name="dimensions">d.</param>
    public LshUnitCosts(ReadOnlySpan<float> rows, int dimensions)
    {
        CompareMicroseconds = MeasureCompare(rows, dimensions);
        _microsecondsPerWord = MeasureScan() / Words;
    }

    /// <summary>Exact comparison of a row that is anywhere in memory.</summary>
    public double CompareMicroseconds { get; }

    /// <summary>Comparison of the sketch or signature of a row.</summary>
    public double ScanMicroseconds(LshOptions options)
    {
        // A signature of integers has a byte per function.
        var bits = options.Policy != LshPolicy.AtLeast ? options.SketchBits
            : options.Family == LshFamily.SignProjection ? options.Functions
            : options.Functions * 8;
        return _microsecondsPerWord * Math.Max(1, (bits + 63) / 64);
    }

    private static double MeasureCompare(ReadOnlySpan<float> rows, int d)
    {
        var random = new SeededRandom(5);
        var best = double.PositiveInfinity;
        var sum = 0f;
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Comparisons; i++)
            {
                sum += VectorMath.SquaredL2(rows[..d], rows.Slice(random.Next(rows.Length / d) * d, d));
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        // The results are used, or the compiler might leave the work out.
        GC.KeepAlive(sum);
        return best / Comparisons;
    }

    private static double MeasureScan()
    {
        var blocks = new BlockOf<ulong>(HammingBlocks.Words(Rows, Words));
        var query = stackalloc ulong[Words];
        new Span<ulong>(query, Words).Fill(ulong.MaxValue);
        var best = double.PositiveInfinity;
        var hits = 0u;
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var row = 0; row < Rows; row += HammingBlocks.Rows)
            {
                hits |= HammingBlocks.Within(blocks.Pointer + ((long)row * Words), query, Words, row & 7);
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        GC.KeepAlive(hits);
        GC.KeepAlive(blocks);
        return best / Rows;
    }
}
