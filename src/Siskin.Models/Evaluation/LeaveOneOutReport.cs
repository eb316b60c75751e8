namespace Siskin.Models.Evaluation;

/// <summary>Ranks of held-back items; every metric is a mean over cases.</summary>
/// <param name="Users">The user of each case.</param>
/// <param name="Ranks">Rank of each case's item, from 1.</param>
public sealed record LeaveOneOutReport(int[] Users, int[] Ranks)
{
    /// <summary>Share of cases with a rank up to k; 0 without cases.</summary>
    public double HitRate(int k) => Mean(rank => rank <= k ? 1 : 0);

    /// <summary>Mean of 1 / log₂(rank + 1) for ranks up to k, else 0.</summary>
    public double Ndcg(int k) => Mean(rank => Gain(rank, k));

    /// <summary>Mean of 1 / rank.</summary>
    public double Mrr() => Mean(rank => 1.0 / rank);

    /// <summary>NDCG@k by case, for <see cref="Bootstrap"/>.</summary>
    public UserMetric[] NdcgByUser(int k) => ByUser(rank => Gain(rank, k));

    /// <summary>HR@k by case, for <see cref="Bootstrap"/>.</summary>
    public UserMetric[] HitRateByUser(int k) => ByUser(rank => rank <= k ? 1 : 0);

    private static double Gain(int rank, int k) => rank <= k ? 1 / Math.Log2(rank + 1) : 0;

    private double Mean(Func<int, double> value) => Ranks.Length == 0 ? 0 : Ranks.Average(value);

    private UserMetric[] ByUser(Func<int, double> value)
    {
        var metrics = new UserMetric[Ranks.Length];
        for (var i = 0; i < metrics.Length; i++)
        {
            metrics[i] = new(Users[i], value(Ranks[i]));
        }

        return metrics;
    }
}
