namespace Siskin.Models.Evaluation;

/// <summary>Metrics of one recommended list against what the user really took.</summary>
/// <remarks>
/// In all of them: <c>recommended</c> is best first, only its first k count, a negative id ends it (padding), and an item
/// that is repeated counts where it stands first; <c>truth</c> holds distinct items in any order, and when it is empty the
/// metric is 0. k is at least 1. Lists shorter than k are not excused. O(k · truth); nothing is allocated.
/// </remarks>
public static class RankingMetrics
{
    /// <summary>Hits among the first k.</summary>
    /// <param name="recommended">Items, best first.</param>
    /// <param name="truth">Distinct items.</param>
    /// <param name="k">Length that counts.</param>
    public static int Hits(ReadOnlySpan<int> recommended, ReadOnlySpan<int> truth, int k)
    {
        recommended = Cut(recommended, k);
        var hits = 0;
        for (var i = 0; i < recommended.Length; i++)
        {
            hits += IsHit(recommended, i, truth) ? 1 : 0;
        }

        return hits;
    }

    /// <summary>Recall@k: hits / |truth|.</summary>
    /// <param name="recommended">Items, best first.</param>
    /// <param name="truth">Distinct items.</param>
    /// <param name="k">Length that counts.</param>
    public static double Recall(ReadOnlySpan<int> recommended, ReadOnlySpan<int> truth, int k) =>
        truth.IsEmpty ? 0 : (double)Hits(recommended, truth, k) / truth.Length;

    /// <summary>Precision@k: hits / k.</summary>
    /// <param name="recommended">Items, best first.</param>
    /// <param name="truth">Distinct items.</param>
    /// <param name="k">Length that counts.</param>
    public static double Precision(ReadOnlySpan<int> recommended, ReadOnlySpan<int> truth, int k) =>
        (double)Hits(recommended, truth, k) / k;

    /// <summary>HitRate@k: 1 with at least one hit, else 0.</summary>
    /// <param name="recommended">Items, best first.</param>
    /// <param name="truth">Distinct items.</param>
    /// <param name="k">Length that counts.</param>
    public static double HitRate(ReadOnlySpan<int> recommended, ReadOnlySpan<int> truth, int k) =>
        Hits(recommended, truth, k) > 0 ? 1 : 0;

    /// <summary>NDCG@k with binary gain: Σ over hits of 1 / log₂(rank + 1), divided by that sum for min(|truth|, k) hits on top.</summary>
    /// <param name="recommended">Items, best first.</param>
    /// <param name="truth">Distinct items.</param>
    /// <param name="k">Length that counts.</param>
    public static double Ndcg(ReadOnlySpan<int> recommended, ReadOnlySpan<int> truth, int k)
    {
        recommended = Cut(recommended, k);
        var (gain, ideal) = (0.0, 0.0);
        for (var i = 0; i < Math.Min(truth.Length, k); i++)
        {
            ideal += 1 / Math.Log2(i + 2);
        }

        for (var i = 0; i < recommended.Length; i++)
        {
            gain += IsHit(recommended, i, truth) ? 1 / Math.Log2(i + 2) : 0;
        }

        return ideal > 0 ? gain / ideal : 0;
    }

    /// <summary>Reciprocal rank of the first hit among the first k, 0 without one; its mean over users is MRR@k.</summary>
    /// <param name="recommended">Items, best first.</param>
    /// <param name="truth">Distinct items.</param>
    /// <param name="k">Length that counts.</param>
    public static double ReciprocalRank(ReadOnlySpan<int> recommended, ReadOnlySpan<int> truth, int k)
    {
        recommended = Cut(recommended, k);
        for (var i = 0; i < recommended.Length; i++)
        {
            if (truth.Contains(recommended[i]))
            {
                return 1.0 / (i + 1);
            }
        }

        return 0;
    }

    /// <summary>AP@k: Σ over hits of the precision at their rank, divided by min(|truth|, k); its mean over users is MAP@k.</summary>
    /// <param name="recommended">Items, best first.</param>
    /// <param name="truth">Distinct items.</param>
    /// <param name="k">Length that counts.</param>
    public static double AveragePrecision(ReadOnlySpan<int> recommended, ReadOnlySpan<int> truth, int k)
    {
        recommended = Cut(recommended, k);
        var (hits, sum) = (0, 0.0);
        for (var i = 0; i < recommended.Length; i++)
        {
            if (IsHit(recommended, i, truth))
            {
                sum += (double)++hits / (i + 1);
            }
        }

        return truth.IsEmpty ? 0 : sum / Math.Min(truth.Length, k);
    }

    /// <summary>The part of a list that counts.</summary>
    internal static ReadOnlySpan<int> Cut(ReadOnlySpan<int> recommended, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var length = Math.Min(k, recommended.Length);
        for (var i = 0; i < length; i++)
        {
            if (recommended[i] < 0)
            {
                return recommended[..i];
            }
        }

        return recommended[..length];
    }

    private static bool IsHit(ReadOnlySpan<int> recommended, int at, ReadOnlySpan<int> truth) =>
        truth.Contains(recommended[at]) && !recommended[..at].Contains(recommended[at]);
}
