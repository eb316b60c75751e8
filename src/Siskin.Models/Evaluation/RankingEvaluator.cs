namespace Siskin.Models.Evaluation;

/// <summary>Adds up ranking metrics over users.</summary>
/// <remarks>Not for concurrent use: give each thread its own and <see cref="Merge"/> them, in a fixed order where sums must repeat to the last bit.</remarks>
public sealed class RankingEvaluator
{
    private const int Metrics = 6;

    private readonly int _itemCount;
    private readonly int[] _lengths;
    private readonly double[] _sums;
    private readonly long[][] _counts;
    private int _users;
    private int _served;

    /// <summary>Starts with no users.</summary>
    /// <param name="itemCount">Size of the catalogue, for coverage and Gini.</param>
    /// <param name="lengths">The lengths k to evaluate, each at least 1.</param>
    /// <exception cref="ArgumentException">No length, or one below 1.</exception>
    public RankingEvaluator(int itemCount, params ReadOnlySpan<int> lengths)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(itemCount);
        _itemCount = itemCount;
        _lengths = [.. new SortedSet<int>(lengths.ToArray())];
        if (_lengths.Length == 0 || _lengths[0] < 1)
        {
            throw new ArgumentException("at least one length of at least 1 is needed", nameof(lengths));
        }

        _sums = new double[_lengths.Length * Metrics];
        _counts = new long[_lengths.Length][];
        for (var i = 0; i < _lengths.Length; i++)
        {
            _counts[i] = new long[itemCount];
        }
    }

    /// <summary>Adds one user. A user whose truth is empty is left out of everything.</summary>
    /// <param name="recommended">Distinct items, best first; a negative id ends the list. Empty when the user got nothing, which counts as zero.</param>
    /// <param name="truth">Distinct items that the user really took, in any order.</param>
    /// <exception cref="ArgumentException">A recommended item is not in the catalogue.</exception>
    public void Add(ReadOnlySpan<int> recommended, ReadOnlySpan<int> truth)
    {
        if (truth.IsEmpty)
        {
            return;
        }

        foreach (var item in RankingMetrics.Cut(recommended, _lengths[^1]))
        {
            if (item >= _itemCount)
            {
                throw new ArgumentException($"item {item} is none of {_itemCount}", nameof(recommended));
            }
        }

        _users++;
        _served += RankingMetrics.Cut(recommended, 1).Length;
        for (var i = 0; i < _lengths.Length; i++)
        {
            var k = _lengths[i];
            var sums = _sums.AsSpan(i * Metrics, Metrics);
            sums[0] += RankingMetrics.Recall(recommended, truth, k);
            sums[1] += RankingMetrics.Precision(recommended, truth, k);
            sums[2] += RankingMetrics.Ndcg(recommended, truth, k);
            sums[3] += RankingMetrics.HitRate(recommended, truth, k);
            sums[4] += RankingMetrics.ReciprocalRank(recommended, truth, k);
            sums[5] += RankingMetrics.AveragePrecision(recommended, truth, k);
            foreach (var item in RankingMetrics.Cut(recommended, k))
            {
                _counts[i][item]++;
            }
        }
    }

    /// <summary>Adds all users of another evaluator over the same catalogue and lengths; they must be different users.</summary>
    /// <param name="other">Left as it is.</param>
    /// <exception cref="ArgumentException">Another catalogue or other lengths.</exception>
    public void Merge(RankingEvaluator other)
    {
        if (other._itemCount != _itemCount || !other._lengths.AsSpan().SequenceEqual(_lengths))
        {
            throw new ArgumentException("the evaluators differ in catalogue or lengths", nameof(other));
        }

        _users += other._users;
        _served += other._served;
        for (var i = 0; i < _sums.Length; i++)
        {
            _sums[i] += other._sums[i];
        }

        for (var i = 0; i < _counts.Length; i++)
        {
            for (var item = 0; item < _itemCount; item++)
            {
                _counts[i][item] += other._counts[i][item];
            }
        }
    }

    /// <summary>The figures of the users added so far; all zero without any. O(items · log items) per length.</summary>
    public RankingReport Report()
    {
        var figures = new RankingAtK[_lengths.Length];
        for (var i = 0; i < figures.Length; i++)
        {
            var sums = _sums.AsSpan(i * Metrics, Metrics);
            figures[i] = new RankingAtK
            {
                K = _lengths[i],
                Recall = Mean(sums[0]),
                Precision = Mean(sums[1]),
                Ndcg = Mean(sums[2]),
                HitRate = Mean(sums[3]),
                Mrr = Mean(sums[4]),
                Map = Mean(sums[5]),
                Coverage = _itemCount == 0 ? 0 : (double)(_itemCount - _counts[i].AsSpan().Count(0L)) / _itemCount,
                Gini = Gini(_counts[i]),
            };
        }

        return new RankingReport { Users = _users, UserCoverage = Mean(_served), Lengths = figures };
    }

    private static double Gini(long[] counts)
    {
        var sorted = (long[])counts.Clone();
        Array.Sort(sorted);
        var (weighted, total) = (0.0, 0.0);
        for (var i = 0; i < sorted.Length; i++)
        {
            weighted += ((2.0 * (i + 1)) - sorted.Length - 1) * sorted[i];
            total += sorted[i];
        }

        return total == 0 ? 0 : weighted / (sorted.Length * total);
    }

    private double Mean(double sum) => _users == 0 ? 0 : sum / _users;
}
