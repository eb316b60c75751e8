using System.Numerics.Tensors;

namespace Siskin.Models.Evaluation;

/// <summary>Compares two scorers on the same requests while they are served: agreement of scores and lists, times, failures.</summary>
/// <remarks>Safe for concurrent use.</remarks>
/// <param name="own">The scorer in force, for the report.</param>
/// <param name="candidate">The one compared with it, for the report.</param>
public sealed class ScorerComparison(string own, string candidate)
{
    /// <summary>Length of the lists whose overlap is measured.</summary>
    public const int ListLength = 10;

    private readonly Lock _gate = new();
    private readonly DurationSketch _baseTimes = new();
    private readonly DurationSketch _candidateTimes = new();
    private long _requests;
    private long _correlated;
    private double _pearson;
    private double _spearman;
    private double _overlap;
    private long _sameFirst;
    private long _canary;
    private long _baseErrors;
    private long _candidateErrors;
    private long _dropped;
    private string? _lastError;

    /// <summary>Requests that both scored.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Counts a request that both scored.</summary>
    /// <param name="baseScores">Of the candidates, higher is better.</param>
    /// <param name="candidateScores">Of the same candidates.</param>
    /// <param name="baseMilliseconds">What the base took.</param>
    /// <param name="candidateMilliseconds">What the candidate took.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Add(ReadOnlySpan<float> baseScores, ReadOnlySpan<float> candidateScores, double baseMilliseconds, double candidateMilliseconds)
    {
        if (baseScores.Length != candidateScores.Length)
        {
            throw new ArgumentException($"there are {baseScores.Length} scores and {candidateScores.Length}", nameof(candidateScores));
        }

        _baseTimes.Add(baseMilliseconds);
        _candidateTimes.Add(candidateMilliseconds);
        var (n, pearson, spearman) = (baseScores.Length, double.NaN, double.NaN);
        var (overlap, isSameFirst) = (1.0, true);
        if (n > 0)
        {
            var (a, b) = (baseScores.ToArray(), candidateScores.ToArray());
            pearson = Correlation(a, b);
            var (baseOrder, candidateOrder) = (Order(a), Order(b));
            spearman = Correlation(Ranks(a, baseOrder), Ranks(b, candidateOrder));
            var k = Math.Min(ListLength, n);
            overlap = baseOrder.Take(k).Intersect(candidateOrder.Take(k)).Count() / (double)k;
            isSameFirst = baseOrder[0] == candidateOrder[0];
        }

        lock (_gate)
        {
            _requests++;
            _overlap += overlap;
            _sameFirst += isSameFirst ? 1 : 0;
            if (!double.IsNaN(pearson + spearman))
            {
                _correlated++;
                _pearson += pearson;
                _spearman += spearman;
            }
        }
    }

    /// <summary>Counts a request that its user got from the candidate.</summary>
    public void AddCanary() => Interlocked.Increment(ref _canary);

    /// <summary>Counts a call of the base that failed or was late.</summary>
    public void AddBaseError() => Interlocked.Increment(ref _baseErrors);

    /// <summary>Counts a call of the candidate that failed or was late.</summary>
    public void AddCandidateError(string reason)
    {
        Interlocked.Increment(ref _candidateErrors);
        Volatile.Write(ref _lastError, reason);
    }

    /// <summary>Counts a request that was to be compared, when too many waited.</summary>
    public void AddDropped() => Interlocked.Increment(ref _dropped);

    /// <summary>What was measured so far; 0 for means over nothing.</summary>
    public ScorerComparisonReport Report()
    {
        lock (_gate)
        {
            return new ScorerComparisonReport
            {
                Base = own,
                Candidate = candidate,
                Requests = _requests,
                Canary = Interlocked.Read(ref _canary),
                Correlation = _pearson / Math.Max(1, _correlated),
                RankCorrelation = _spearman / Math.Max(1, _correlated),
                Overlap = _overlap / Math.Max(1, _requests),
                SameFirst = _sameFirst / (double)Math.Max(1, _requests),
                BaseP50 = _baseTimes.Quantile(0.5),
                BaseP99 = _baseTimes.Quantile(0.99),
                CandidateP50 = _candidateTimes.Quantile(0.5),
                CandidateP99 = _candidateTimes.Quantile(0.99),
                BaseErrors = Interlocked.Read(ref _baseErrors),
                CandidateErrors = Interlocked.Read(ref _candidateErrors),
                LastError = Volatile.Read(ref _lastError),
                Dropped = Interlocked.Read(ref _dropped),
            };
        }
    }

    // Best first; of equal scores the earlier, as the pipeline keeps them.
    private static int[] Order(float[] scores)
    {
        var order = Enumerable.Range(0, scores.Length).ToArray();
        Array.Sort(order, (x, y) => scores[y].CompareTo(scores[x]) is var c && c != 0 ? c : x.CompareTo(y));
        return order;
    }

    private static float[] Ranks(float[] scores, int[] order)
    {
        var ranks = new float[scores.Length];
        for (int start = 0, end; start < order.Length; start = end)
        {
            for (end = start + 1; end < order.Length && scores[order[end]] == scores[order[start]]; end++)
            {
            }

            for (var i = start; i < end; i++)
            {
                ranks[order[i]] = (start + end - 1) / 2f;
            }
        }

        return ranks;
    }

    private static double Correlation(float[] a, float[] b)
    {
        var (x, y) = (Array.ConvertAll(a, value => (double)value), Array.ConvertAll(b, value => (double)value));
        TensorPrimitives.Subtract(x, TensorPrimitives.Average<double>(x), x);
        TensorPrimitives.Subtract(y, TensorPrimitives.Average<double>(y), y);
        var (xx, yy) = (TensorPrimitives.SumOfSquares<double>(x), TensorPrimitives.SumOfSquares<double>(y));
        return xx > 0 && yy > 0 ? Math.Clamp(TensorPrimitives.Dot<double>(x, y) / Math.Sqrt(xx * yy), -1, 1) : double.NaN;
    }
}
