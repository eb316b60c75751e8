using Siskin.Vectors;

namespace Siskin.Tests.Vectors;

/// <summary>Vectors around random centres, as embeddings lie, and the truth about them by plain loops.</summary>
internal sealed class ClusteredVectors
{
    public ClusteredVectors(int count, int dimensions, int centres, int seed, double normSpread = 0)
    {
        (Count, Dimensions) = (count, dimensions);
        var random = new Random(seed);
        var middle = Gaussians(random, centres * dimensions);
        Rows = new float[count * dimensions];
        for (var i = 0; i < count; i++)
        {
            Draw(random, middle, centres, normSpread, Row(i));
        }

        Queries = new float[100 * dimensions];
        for (var i = 0; i < 100; i++)
        {
            Draw(random, middle, centres, normSpread, Query(i));
        }
    }

    public int Count { get; }

    public int Dimensions { get; }

    public float[] Rows { get; }

    public float[] Queries { get; }

    public Span<float> Row(int i) => Rows.AsSpan(i * Dimensions, Dimensions);

    public Span<float> Query(int i) => Queries.AsSpan(i * Dimensions, Dimensions);

    /// <summary>The share of the true nearest that an index finds, over all queries.</summary>
    public double Recall(IVectorIndex index, int k, int effort, Func<int, bool>? allows = null, ulong[]? bitmap = null)
    {
        var ids = new int[k];
        var scores = new float[k];
        var (hits, wanted) = (0, 0);
        for (var q = 0; q < 100; q++)
        {
            var truth = Nearest(Query(q), index.Metric, k, allows);
            index.Search(Query(q), ids, scores, new SearchOptions { Effort = effort, Predicate = bitmap is null ? allows : null, Allowed = bitmap });
            wanted += truth.Length;
            hits += truth.Count(ids.Contains);
        }

        return (double)hits / wanted;
    }

    public int[] Nearest(ReadOnlySpan<float> query, VectorMetric metric, int k, Func<int, bool>? allows = null)
    {
        var scored = new List<(double Score, int Id)>();
        for (var i = 0; i < Count; i++)
        {
            if (allows is null || allows(i))
            {
                scored.Add((Score(query, Row(i), metric), i));
            }
        }

        return [.. scored.OrderByDescending(s => s.Score).ThenBy(s => s.Id).Take(k).Select(s => s.Id)];
    }

    public static double Score(ReadOnlySpan<float> x, ReadOnlySpan<float> y, VectorMetric metric)
    {
        var (dot, xx, yy) = (0.0, 0.0, 0.0);
        for (var i = 0; i < x.Length; i++)
        {
            dot += (double)x[i] * y[i];
            xx += (double)x[i] * x[i];
            yy += (double)y[i] * y[i];
        }

        return metric switch
        {
            VectorMetric.L2 => (2 * dot) - xx - yy,
            VectorMetric.Cosine => xx > 0 && yy > 0 ? dot / Math.Sqrt(xx * yy) : 0,
            _ => dot,
        };
    }

    private static float[] Gaussians(Random random, int count)
    {
        var numbers = new float[count];
        foreach (ref var x in numbers.AsSpan())
        {
            x = Gaussian(random);
        }

        return numbers;
    }

    private static float Gaussian(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private static void Draw(Random random, float[] middle, int centres, double normSpread, Span<float> row)
    {
        var centre = middle.AsSpan(random.Next(centres) * row.Length, row.Length);
        var factor = (float)Math.Exp(normSpread * Gaussian(random));
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = factor * (centre[i] + (0.6f * Gaussian(random)));
        }
    }
}
