using Siskin.Vectors.Exact;
using Siskin.Vectors.Files;

namespace Siskin.Vectors.Measurement;

/// <summary>The true nearest rows of many queries, and how much of them an answer has.</summary>
/// <remarks>
/// Ties count: an answer is right when its true score is no further than 1e-6 of the k-th true score's magnitude below that
/// score, as in ann-benchmarks, where any answer as near as the k-th neighbour is right. True scores are computed in double
/// precision, so that an answer is judged by the vectors and not by the rounding of the index that gave it.
/// Immutable and safe for concurrent use.
/// </remarks>
public sealed class GroundTruth
{
    private const double TieTolerance = 1e-6;
    private const int QueriesPerStep = 16;

    private readonly int[] _ids;

    // By query: the least true score that counts, and how many neighbours there are.
    private readonly double[] _thresholds;
    private readonly int[] _counts;

    private GroundTruth(VectorSet rows, VectorSet queries, VectorMetric metric, int k, int[] ids)
    {
        (Rows, Queries, Metric, K, _ids) = (rows, queries, metric, k, ids);
        _thresholds = new double[queries.Count];
        _counts = new int[queries.Count];
        for (var query = 0; query < queries.Count; query++)
        {
            var worst = double.PositiveInfinity;
            foreach (var id in Neighbours(query))
            {
                if (id >= 0)
                {
                    worst = Math.Min(worst, TrueScore(query, id));
                    _counts[query]++;
                }
            }

            _thresholds[query] = worst - (TieTolerance * Math.Abs(worst));
        }
    }

    /// <summary>What is searched; the id of a row is its number.</summary>
    public VectorSet Rows { get; }

    /// <summary>What is asked.</summary>
    public VectorSet Queries { get; }

    /// <summary>How nearness is measured.</summary>
    public VectorMetric Metric { get; }

    /// <summary>Neighbours per query, k.</summary>
    public int K { get; }

    /// <summary>Finds the true neighbours by comparing every query with every row.</summary>
    /// <param name="rows">What is searched.</param>
    /// <param name="queries">What is asked; of the same d.</param>
    /// <param name="metric">How nearness is measured.</param>
    /// <param name="k">Neighbours per query, at least 1.</param>
    /// <param name="threads">Most threads to use; 0 for one per processor.</param>
    /// <param name="progress">Gets the share that is done, 0 to 1, from any thread.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="ArgumentException">Rows and queries have different d.</exception>
    public static GroundTruth Compute(
        VectorSet rows, VectorSet queries, VectorMetric metric, int k, int threads = 0, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        Check(rows, queries, k);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        var ids = new int[checked(queries.Count * k)];
        var index = new ExactIndex(rows.Rows, rows.Dimensions, metric);
        var steps = (queries.Count + QueriesPerStep - 1) / QueriesPerStep;
        var done = 0;
        Parallel.For(0, steps, new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? -1 : threads, CancellationToken = cancellationToken }, step =>
        {
            var scores = new float[k];
            var end = Math.Min(queries.Count, (step + 1) * QueriesPerStep);
            for (var query = step * QueriesPerStep; query < end; query++)
            {
                index.Search(queries[query], ids.AsSpan(query * k, k), scores);
            }

            progress?.Report((double)Interlocked.Increment(ref done) / steps);
        });
        return new GroundTruth(rows, queries, metric, k, ids);
    }

    /// <summary>Takes true neighbours that are known already, such as those of a <see cref="NeighbourFile"/>.</summary>
    /// <param name="rows">What is searched.</param>
    /// <param name="queries">What is asked; of the same d.</param>
    /// <param name="metric">How nearness is measured.</param>
    /// <param name="ids">Row numbers, row-major, queries × k; −1 where there is none.</param>
    /// <param name="k">Neighbours per query, at least 1.</param>
    /// <exception cref="ArgumentException">Rows and queries have different d, or the ids are not queries × k numbers of rows.</exception>
    public static GroundTruth Of(VectorSet rows, VectorSet queries, VectorMetric metric, ReadOnlySpan<int> ids, int k)
    {
        Check(rows, queries, k);
        if (ids.Length != (long)queries.Count * k)
        {
            throw new ArgumentException($"{ids.Length} ids for {queries.Count} queries and k = {k}", nameof(ids));
        }

        foreach (var id in ids)
        {
            if (id < -1 || id >= rows.Count)
            {
                throw new ArgumentException($"{id} is not the number of one of {rows.Count} rows", nameof(ids));
            }
        }

        return new GroundTruth(rows, queries, metric, k, ids.ToArray());
    }

    /// <summary>The true neighbours of a query: k row numbers, nearest first, −1 where there are no more.</summary>
    /// <param name="query">Number of the query.</param>
    public ReadOnlySpan<int> Neighbours(int query) => _ids.AsSpan(query * K, K);

    /// <summary>The share of a query's true neighbours that an answer has, 0 to 1; an id that is given twice counts once.</summary>
    /// <param name="query">Number of the query.</param>
    /// <param name="answer">Up to k ids in any order; numbers that are no rows are left out. What is behind the k-th is not looked at.</param>
    public double Recall(int query, ReadOnlySpan<int> answer)
    {
        answer = answer[..Math.Min(answer.Length, K)];
        var right = 0;
        for (var i = 0; i < answer.Length; i++)
        {
            var id = answer[i];
            if (id >= 0 && id < Rows.Count && !answer[..i].Contains(id) && TrueScore(query, id) >= _thresholds[query])
            {
                right++;
            }
        }

        return _counts[query] == 0 ? 1 : Math.Min(1, (double)right / _counts[query]);
    }

    /// <summary>The mean recall over all queries, recall@k.</summary>
    /// <param name="answers">Row-major, queries × k: the ids that an index found, −1 where it found none.</param>
    /// <exception cref="ArgumentException">The answers are not queries × k.</exception>
    public double Recall(ReadOnlySpan<int> answers)
    {
        if (answers.Length != _ids.Length)
        {
            throw new ArgumentException($"{answers.Length} ids for {Queries.Count} queries and k = {K}", nameof(answers));
        }

        var sum = 0.0;
        for (var query = 0; query < Queries.Count; query++)
        {
            sum += Recall(query, answers.Slice(query * K, K));
        }

        return Queries.Count == 0 ? 1 : sum / Queries.Count;
    }

    private static void Check(VectorSet rows, VectorSet queries, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (rows.Dimensions != queries.Dimensions)
        {
            throw new ArgumentException($"the queries have {queries.Dimensions} dimensions, the rows {rows.Dimensions}", nameof(queries));
        }
    }

    // Larger is nearer, as the scores of an index.
    private double TrueScore(int query, int row)
    {
        var q = Queries[query];
        var x = Rows[row];
        double dot = 0, difference = 0, queryNorm = 0, rowNorm = 0;
        for (var i = 0; i < q.Length; i++)
        {
            double a = q[i], b = x[i];
            dot += a * b;
            difference += (a - b) * (a - b);
            queryNorm += a * a;
            rowNorm += b * b;
        }

        return Metric switch
        {
            VectorMetric.L2 => -difference,
            VectorMetric.Cosine => queryNorm > 0 && rowNorm > 0 ? dot / Math.Sqrt(queryNorm * rowNorm) : 0,
            _ => dot,
        };
    }
}
