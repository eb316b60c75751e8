using System.Numerics;
using Siskin.Vectors.Kernels;

namespace Siskin.Vectors.Lsh;

/// <summary>Chooses what the settings leave open, from the vectors that are there.</summary>
internal static unsafe class LshLearning
{
    private const int CentreSample = 65_536;
    private const int WidthQueries = 64;
    private const int WidthRows = 8192;
    private const int WantedRowsPerBucket = 256;

    /// <summary>Learns the centre, the width and the number of functions.</summary>
    /// <param name="vectors">n × d, ready.</param>
    /// <param name="n">Number of rows.</param>
    /// <param name="d">Dimensions.</param>
    /// <param name="metric">How nearness is measured.</param>
    /// <param name="options">Valid ones.</param>
    public static LshModel Learn(BlockOf<float> vectors, int n, int d, VectorMetric metric, LshOptions options)
    {
        var functions = options.Functions > 0 ? options.Functions : DefaultFunctions(options, n);
        var resolved = options with
        {
            Functions = functions,
            Required = options.Required > 0 ? Math.Min(options.Required, functions) : Math.Min(functions, Math.Max(1, functions * 3 / 4) + options.Probes - 1),
        };
        var centre = Mean(vectors.Pointer, n, d);
        var liftNorm = options.Lift ? LargestNorm(vectors.Pointer, n, centre) : 0;
        if (options.BucketWidth == 0 && options.Family != LshFamily.SignProjection)
        {
            // Lifted vectors and queries are all about √2·φ apart, so that four times that would be one bucket.
            resolved = resolved with { BucketWidth = options.Lift ? liftNorm : 4 * NearDistance(vectors.Pointer, n, d) };
        }

        GC.KeepAlive(vectors);
        return new LshModel(metric, resolved, centre, liftNorm);
    }

    /// <summary>How many functions n vectors are hashed by when the options do not say.</summary>
    public static int DefaultFunctions(LshOptions options, int n) => options.Policy switch
    {
        LshPolicy.And when options.Family == LshFamily.SignProjection => Math.Max(1, BitOperations.Log2((uint)Math.Max(1, n / WantedRowsPerBucket))),
        LshPolicy.And => Math.Max(2, BitOperations.Log2((uint)Math.Max(1, n / WantedRowsPerBucket)) / 2),
        LshPolicy.Or => 4,
        _ => LshOptions.DefaultCompared,
    };

    private static float[] Mean(float* vectors, int n, int d)
    {
        var sums = new double[d];
        var taken = Math.Min(n, CentreSample);
        for (var i = 0; i < taken; i++)
        {
            var row = vectors + ((long)i * n / taken * d);
            for (var j = 0; j < d; j++)
            {
                sums[j] += row[j];
            }
        }

        return Array.ConvertAll(sums, sum => (float)(sum / Math.Max(1, taken)));
    }

    private static float LargestNorm(float* vectors, int n, float[] centre)
    {
        var largest = 0f;
        for (var i = 0; i < n; i++)
        {
            largest = MathF.Max(largest, VectorMath.SquaredL2(new ReadOnlySpan<float>(vectors + ((long)i * centre.Length), centre.Length), centre));
        }

        return largest > 0 ? MathF.Sqrt(largest) : 1;
    }

    // The median distance from some rows to the nearest of some thousand others: what a near vector is, though on the large side.
    private static double NearDistance(float* vectors, int n, int d)
    {
        if (n < 2)
        {
            return 1;
        }

        var (queries, rows) = (Math.Min(n, WidthQueries), Math.Min(n, WidthRows));
        var nearest = new double[queries];
        for (var i = 0; i < queries; i++)
        {
            var query = new ReadOnlySpan<float>(vectors + ((long)i * n / queries * d), d);
            var best = float.PositiveInfinity;
            for (var j = 0; j < rows; j++)
            {
                var distance = VectorMath.SquaredL2(query, new ReadOnlySpan<float>(vectors + ((long)j * n / rows * d), d));
                best = distance > 0 ? MathF.Min(best, distance) : best;
            }

            nearest[i] = Math.Sqrt(best);
        }

        Array.Sort(nearest);
        var median = nearest[queries / 2];
        return double.IsFinite(median) && median > 0 ? median : 1;
    }
}
