namespace Siskin.Models.Evaluation;

/// <summary>Figures of a <see cref="RankingReport"/> at one length; means over users unless told otherwise.</summary>
public sealed record RankingAtK
{
    /// <summary>Length of the lists that counted.</summary>
    public required int K { get; init; }

    /// <summary>Hits / |truth|.</summary>
    public required double Recall { get; init; }

    /// <summary>Hits / k.</summary>
    public required double Precision { get; init; }

    /// <summary>Normalised discounted cumulative gain, binary.</summary>
    public required double Ndcg { get; init; }

    /// <summary>Share of users with at least one hit.</summary>
    public required double HitRate { get; init; }

    /// <summary>Mean reciprocal rank of the first hit.</summary>
    public required double Mrr { get; init; }

    /// <summary>Mean average precision.</summary>
    public required double Map { get; init; }

    /// <summary>Share of the catalogue that was recommended to anybody.</summary>
    public required double Coverage { get; init; }

    /// <summary>
    /// Gini coefficient of how often each item of the catalogue was recommended: 0 all equally often, towards 1 few items
    /// only; 0 when nothing was recommended.
    /// </summary>
    public required double Gini { get; init; }
}
