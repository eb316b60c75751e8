using System.Diagnostics;
using Siskin.Vectors.Exact;

namespace Siskin.Vectors.Lsh;

/// <summary>The queries of a tuning, their true neighbours, and the sample of rows that holds all of these.</summary>
internal sealed class LshTunerTruth
{
    public LshTunerTruth(ReadOnlyMemory<float> rows, int dimensions, VectorMetric metric, ReadOnlySpan<float> queries, LshTunerOptions options)
    {
        var n = rows.Length / dimensions;
        var given = queries.Length / dimensions;
        K = Math.Min(options.K, n);
        Dimensions = dimensions;
        Count = Math.Min(given, options.MaxQueries);
        Queries = new float[Count * dimensions];
        for (var i = 0; i < Count; i++)
        {
            queries.Slice((int)((long)i * given / Count) * dimensions, dimensions).CopyTo(Queries.AsSpan(i * dimensions));
        }

        var exact = new ExactIndex(rows, dimensions, metric);
        var ids = new int[Count * K];
        Least = new float[Count];

        // One thread and one query at a time first, which is the time to compare with; then all threads.
        var scores = new float[K];
        var (single, elapsed) = (0, TimeSpan.Zero);
        var watch = Stopwatch.StartNew();
        for (; single < Count && (single < 3 || elapsed < options.TimeLimit / 20); single++)
        {
            exact.Search(Queries.AsSpan(single * dimensions, dimensions), ids.AsSpan(single * K, K), scores);
            Least[single] = scores[^1];
            elapsed = watch.Elapsed;
        }

        ExactMicroseconds = elapsed.TotalMicroseconds / Math.Max(1, single);

        // Fewer queries when the exact answers would take a quarter of the time.
        var threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        Count = (int)Math.Min(Count, Math.Max(single, options.TimeLimit.TotalMicroseconds / 4 / ExactMicroseconds * threads));
        Parallel.For(single, Count, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
        {
            var room = new float[K];
            exact.Search(Queries.AsSpan(i * dimensions, dimensions), ids.AsSpan(i * K, K), room);
            Least[i] = room[^1];
        });

        Sample = MakeSample(rows, n, ids.AsSpan(0, Count * K), options);
        Share = Math.Min(1, (double)(Sample.Length / dimensions) / n);
    }

    /// <summary>k.</summary>
    public int K { get; }

    public int Dimensions { get; }

    /// <summary>Number of queries.</summary>
    public int Count { get; }

    /// <summary>Row-major.</summary>
    public float[] Queries { get; }

    /// <summary>Score of the k-th true neighbour of each query: whatever scores as much is one.</summary>
    public float[] Least { get; }

    /// <summary>Time of an exact query over all rows, on one thread.</summary>
    public double ExactMicroseconds { get; }

    /// <summary>Rows to try settings on: all, or some with all true neighbours among them.</summary>
    public ReadOnlyMemory<float> Sample { get; }

    /// <summary>Share of all rows that the sample is.</summary>
    public double Share { get; }

    public ReadOnlySpan<float> Query(int i) => Queries.AsSpan(i * Dimensions, Dimensions);

    /// <summary>How many of the results for a query are true neighbours.</summary>
    public int Hits(int query, ReadOnlySpan<float> scores)
    {
        // Rounding differs between blocked and single kernels.
        var least = Least[query] - (1e-5f * MathF.Abs(Least[query])) - 1e-30f;
        var hits = 0;
        foreach (var score in scores)
        {
            hits += score >= least ? 1 : 0;
        }

        return hits;
    }

    private ReadOnlyMemory<float> MakeSample(ReadOnlyMemory<float> rows, int n, ReadOnlySpan<int> neighbours, LshTunerOptions options)
    {
        var wanted = Math.Max(1, options.MaxSampleNumbers / Dimensions);
        if (n <= wanted)
        {
            return rows;
        }

        var isIn = new bool[n];
        var count = 0;
        foreach (var id in neighbours)
        {
            if (id >= 0 && !isIn[id])
            {
                isIn[id] = true;
                count++;
            }
        }

        var random = new SeededRandom(SeededRandom.Mix((ulong)options.Seed + 4));
        for (; count < wanted; count++)
        {
            int row;
            do
            {
                row = random.Next(n);
            }
            while (isIn[row]);
            isIn[row] = true;
        }

        var sample = new float[count * Dimensions];
        var at = 0;
        for (var row = 0; row < n && at < sample.Length; row++)
        {
            if (isIn[row])
            {
                rows.Span.Slice(row * Dimensions, Dimensions).CopyTo(sample.AsSpan(at));
                at += Dimensions;
            }
        }

        return sample;
    }
}
