using Siskin.Vectors;
using Siskin.Vectors.Files;
using Siskin.Vectors.Measurement;

namespace Siskin.Tests.Vectors.Measurement;

public sealed class GroundTruthTests
{
    // On a line: 0, 1, 1 again, 3, 4.
    private static readonly VectorSet Line = new(new float[] { 0, 1, 1, 3, 4 }, 1);

    [Theory]
    [InlineData(VectorMetric.L2)]
    [InlineData(VectorMetric.Cosine)]
    [InlineData(VectorMetric.InnerProduct)]
    public void The_true_neighbours_are_those_of_a_plain_sort(VectorMetric metric)
    {
        const int d = 7;
        var (rows, queries) = (Random(300, d, 1), Random(50, d, 2));

        var truth = GroundTruth.Compute(rows, queries, metric, 10);

        for (var q = 0; q < queries.Count; q++)
        {
            var expected = Enumerable.Range(0, rows.Count).OrderByDescending(row => Score(metric, queries[q].ToArray(), rows[row].ToArray())).Take(10).ToArray();
            Assert.Equal(expected, truth.Neighbours(q).ToArray());
            Assert.Equal(1, truth.Recall(q, expected));
            Assert.Equal(0.3, truth.Recall(q, expected[..3]), 12);
        }
    }

    [Fact]
    public void An_answer_as_near_as_the_last_true_neighbour_counts()
    {
        var truth = GroundTruth.Compute(Line, new VectorSet(new float[] { -1 }, 1), VectorMetric.L2, 2);

        Assert.Equal([0, 1], truth.Neighbours(0).ToArray());
        Assert.Equal(1, truth.Recall(0, [2, 0]));
        Assert.Equal(1, truth.Recall(0, [1, 2]));
        Assert.Equal(0.5, truth.Recall(0, [3, 0]));
    }

    [Fact]
    public void Only_the_tolerance_separates_a_tie_from_a_miss()
    {
        // Squared distances 1, 1 + 5e-7 (a tie) and 1 + 1e-5 (no tie).
        var rows = new VectorSet(new float[] { 1, 0, 1, MathF.Sqrt(5e-7f), 1, MathF.Sqrt(1e-5f) }, 2);
        var truth = GroundTruth.Compute(rows, new VectorSet(new float[] { 0, 0 }, 2), VectorMetric.L2, 1);

        Assert.Equal(1, truth.Recall(0, [1]));
        Assert.Equal(0, truth.Recall(0, [2]));
    }

    [Fact]
    public void Ids_given_twice_or_that_are_no_rows_count_at_most_once()
    {
        var truth = GroundTruth.Compute(Line, new VectorSet(new float[] { -1 }, 1), VectorMetric.L2, 3);

        Assert.Equal(1 / 3.0, truth.Recall(0, [0, 0, 0]), 12);
        Assert.Equal(1 / 3.0, truth.Recall(0, [0, -1, 99]), 12);
        Assert.Equal(1, truth.Recall(0, [0, 1, 2, 4]));
        Assert.Equal(2 / 3.0, truth.Recall(0, [0, 4, 2, 1]), 12);
    }

    [Fact]
    public void With_fewer_rows_than_k_all_rows_are_the_truth()
    {
        var truth = GroundTruth.Compute(Line, new VectorSet(new float[] { 5, 0 }, 1), VectorMetric.L2, 7);

        Assert.Equal([4, 3, 1, 2, 0, -1, -1], truth.Neighbours(0).ToArray());
        Assert.Equal(1, truth.Recall([4, 3, 2, 1, 0, -1, -1, 0, 1, 2, 3, 4, -1, -1]));
        Assert.Equal(0.5, truth.Recall([4, 3, 2, 1, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1]));
    }

    [Fact]
    public void Known_neighbours_give_the_same_truth()
    {
        var (rows, queries) = (Random(100, 4, 1), Random(20, 4, 2));
        var computed = GroundTruth.Compute(rows, queries, VectorMetric.Cosine, 5, threads: 1);
        var ids = Enumerable.Range(0, 20).SelectMany(q => computed.Neighbours(q).ToArray()).ToArray();

        var known = GroundTruth.Of(rows, queries, VectorMetric.Cosine, ids, 5);

        Assert.Equal(1, known.Recall(ids));
        ids[3] = ids[2];
        Assert.Equal(computed.Recall(ids), known.Recall(ids));
        Assert.Equal(0.99, known.Recall(ids), 12);
        Assert.Throws<ArgumentException>(() => GroundTruth.Of(rows, queries, VectorMetric.Cosine, ids, 4));
        ids[0] = 100;
        Assert.Throws<ArgumentException>(() => GroundTruth.Of(rows, queries, VectorMetric.Cosine, ids, 5));
    }

    [Fact]
    public void Wrong_dimensions_are_refused_and_cancelling_ends_the_work()
    {
        Assert.Throws<ArgumentException>(() => GroundTruth.Compute(Line, Random(2, 2, 1), VectorMetric.L2, 1));
        Assert.Throws<ArgumentException>(() => GroundTruth.Compute(Line, Line, VectorMetric.L2, 1).Recall([1, 2]));
        Assert.Throws<OperationCanceledException>(() => GroundTruth.Compute(Line, Line, VectorMetric.L2, 1, cancellationToken: new CancellationToken(canceled: true)));
    }

    private static VectorSet Random(int n, int d, int seed)
    {
        var random = new Random(seed);
        return new VectorSet(Enumerable.Range(0, n * d).Select(_ => random.NextSingle() - 0.5f).ToArray(), d);
    }

    private static double Score(VectorMetric metric, float[] x, float[] y)
    {
        var dot = x.Zip(y).Sum(p => (double)p.First * p.Second);
        return metric switch
        {
            VectorMetric.L2 => -x.Zip(y).Sum(p => Math.Pow((double)p.First - p.Second, 2)),
            VectorMetric.Cosine => dot / Math.Sqrt(x.Sum(v => (double)v * v) * y.Sum(v => (double)v * v)),
            _ => dot,
        };
    }
}
