using Siskin.Models.Factorization;
using Siskin.Models.Retrieval;
using Siskin.Serving.Releases;

namespace Siskin.Offline.Jobs;

/// <summary>Settings of a training.</summary>
public sealed record TrainingSettings
{
    /// <summary>The matrix factorisation.</summary>
    public ImplicitAlsOptions Als { get; init; } = new();

    /// <summary>Item-to-item neighbours by cosine.</summary>
    public ItemNeighboursOptions Cosine { get; init; } = new() { Kind = ItemSimilarity.Cosine };

    /// <summary>Item-to-item neighbours that damp popularity.</summary>
    public ItemNeighboursOptions Damped { get; init; } = new() { Kind = ItemSimilarity.PopularityDamped };

    /// <summary>Whether item-to-item recall uses the neighbours that damp popularity, in scenes that leave it to the release.</summary>
    public bool UseDamped { get; init; }

    /// <summary>After how many newer items one of a user's items counts half in item-to-item recall; 0 means that all count alike.</summary>
    public double HistoryHalfLife { get; init; }

    /// <summary>Half-life of popularity.</summary>
    public TimeSpan PopularityHalfLife { get; init; } = ItemStatistics.DefaultPopularityHalfLife;

    /// <summary>Half-life of trends.</summary>
    public TimeSpan TrendHalfLife { get; init; } = ItemStatistics.DefaultTrendHalfLife;

    /// <summary>Items kept for each tag.</summary>
    public int TagItems { get; init; } = 500;

    /// <summary>Items kept for each segment of users.</summary>
    public int SegmentItems { get; init; } = 500;

    /// <summary>Users that a segment needs.</summary>
    public int SegmentUsers { get; init; } = 20;

    /// <summary>Users that the rank blend learns from, at the most.</summary>
    public int BlendUsers { get; init; } = 4000;

    /// <summary>The model that ranks in the blend's place; null for the blend.</summary>
    public RankerSettings? Ranker { get; init; }

    /// <summary>The settings as text, for the manifest.</summary>
    public IReadOnlyDictionary<string, string> Describe() => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["als.dimensions"] = FormattableString.Invariant($"{Als.Dimensions}"),
        ["als.unobservedWeight"] = FormattableString.Invariant($"{Als.UnobservedWeight}"),
        ["als.regularization"] = FormattableString.Invariant($"{Als.Regularization}"),
        ["als.exponent"] = FormattableString.Invariant($"{Als.Exponent}"),
        ["als.epochs"] = FormattableString.Invariant($"{Als.Epochs}"),
        ["als.seed"] = FormattableString.Invariant($"{Als.Seed}"),
        ["itemCf.neighbours"] = FormattableString.Invariant($"{Cosine.Neighbours}"),
        ["itemCf.shrinkage"] = FormattableString.Invariant($"{Cosine.Shrinkage}"),
        ["itemCf.userDamping"] = FormattableString.Invariant($"{Cosine.UserDamping}"),
        ["itemCf.damped.damping"] = FormattableString.Invariant($"{Damped.Damping}"),
        ["itemCf.damped.historyDamping"] = FormattableString.Invariant($"{Damped.HistoryDamping}"),
        ["itemCf.damped.neighbours"] = FormattableString.Invariant($"{Damped.Neighbours}"),
        ["itemCf.damped.userDamping"] = FormattableString.Invariant($"{Damped.UserDamping}"),
        ["itemCf.similarity"] = UseDamped ? "damped" : "cosine",
        ["itemCf.historyHalfLife"] = FormattableString.Invariant($"{HistoryHalfLife}"),
        ["popularity.halfLifeDays"] = FormattableString.Invariant($"{PopularityHalfLife.TotalDays}"),
        ["rank.model"] = Ranker is null ? "blend" : string.Join(' ', Ranker.Settings.OrderBy(setting => setting.Key, StringComparer.Ordinal).Select(setting => $"{setting.Key}={setting.Value}").Prepend(Ranker.Model)),
        ["trend.halfLifeDays"] = FormattableString.Invariant($"{TrendHalfLife.TotalDays}"),
    };
}
