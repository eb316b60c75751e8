namespace Siskin.Models.Evaluation;

/// <summary>What a <see cref="RankingEvaluator"/> found.</summary>
public sealed record RankingReport
{
    /// <summary>Users with something in their truth: what all means are over.</summary>
    public required int Users { get; init; }

    /// <summary>Share of these users who got a list with at least one item.</summary>
    public required double UserCoverage { get; init; }

    /// <summary>The figures, one entry for each length, ascending.</summary>
    public required IReadOnlyList<RankingAtK> Lengths { get; init; }

    /// <summary>The figures at one length.</summary>
    /// <param name="k">One of the evaluated lengths.</param>
    /// <exception cref="ArgumentException">That length was not evaluated.</exception>
    public RankingAtK At(int k)
    {
        foreach (var figures in Lengths)
        {
            if (figures.K == k)
            {
                return figures;
            }
        }

        throw new ArgumentException($"length {k} was not evaluated", nameof(k));
    }
}
