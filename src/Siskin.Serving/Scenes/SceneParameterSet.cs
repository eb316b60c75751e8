using System.Collections.Frozen;
using Siskin.Serving.ReRank;

namespace Siskin.Serving.Scenes;

/// <summary>Every parameter that scenes have: those of the stages and, for each recall channel, its quota.</summary>
/// <remarks>Stages keep the index of a parameter, so that reading one on the request path is an array access.</remarks>
public sealed class SceneParameterSet
{
    private readonly List<SceneParameter> _parameters = [];
    private readonly FrozenDictionary<string, int> _indexes;

    internal SceneParameterSet(IReadOnlyList<(string Name, int Quota, string Description)> channels)
    {
        Count = Add(SceneParameter.Integer("count", 10, 1, 1000, "How many items a list has when the request does not say."));
        DeadlineMs = Add(SceneParameter.Number("deadlineMs", 200, 1, 600_000, "Time for the whole request, in milliseconds; what does not answer in time is left out."));
        RecallShare = Add(SceneParameter.Number("recall.deadlineShare", 0.6, 0.05, 1, "Share of the deadline that recall channels have."));
        History = Add(SceneParameter.Integer("recall.history", 200, 1, 10_000, "How many of a user's newest events the channels look at."));
        HistoryHalfLife = Add(SceneParameter.Number("recall.historyHalfLife", -1, -1, 10_000, "After how many newer items one of a user's items counts half; 0 means that all count alike, −1 leaves it to the release."));
        Similarity = Add(SceneParameter.OneOf("recall.item-to-item.similarity", "release", ["release", "cosine", "damped"], "Which neighbour lists item-to-item uses; damped favours less popular items, release takes those that did better in training."));
        LikedTagBest = Add(SceneParameter.Integer("recall.liked-tag.best", 50, 1, 1000, "How many of the best items of each liked tag are looked at."));
        HideSeen = Add(SceneParameter.Boolean("filter.seen", true, "Whether items that the user consumed are left out."));
        PreRankKeep = Add(SceneParameter.Integer("preRank.keep", 300, 1, 10_000, "How many candidates pre-rank hands to rank."));
        RankModel = Add(SceneParameter.ModelOrOneOf("rank.model", "auto", ["auto", "blend", "none"], "What scores candidates: auto takes the release's model where it has one, else the blend; none keeps the order of pre-rank; NAME, NAME@VERSION or NAME:LABEL take a model of the registry, with the blend as its fallback."));
        ReRankWindow = Add(SceneParameter.Integer("reRank.window", 50, 1, 1000, "How many of the best-ranked candidates re-rank chooses from; never fewer than the list needs."));
        Diversity = Add(SceneParameter.Number("reRank.diversity", 0.1, 0, 1, "Weight of being unlike the items already chosen (maximal marginal relevance, 1 − λ); 0 keeps the order of rank."));
        TagCap = Add(SceneParameter.Integer("reRank.tagCap", 0, 0, 1000, "How many items of a list may share one tag; 0 sets no cap. Relaxed where the list could not be filled."));
        FreshnessBoost = Add(SceneParameter.Number("reRank.freshnessBoost", 0, 0, 100, "By which share the score of an item created just now is raised; halves with every half-life of age."));
        FreshnessHalfLifeDays = Add(SceneParameter.Number("reRank.freshnessHalfLifeDays", 7, 0.01, 10_000, "Half-life of the freshness boost, in days."));
        Boosts = Add(SceneParameter.Text("reRank.boosts", string.Empty, BoostRule.Parse, "Factors on scores: tag:NAME=FACTOR or item:ID=FACTOR, separated by semicolons."));
        Pins = Add(SceneParameter.Text("reRank.pins", string.Empty, PinRule.Parse, "Items with a fixed place: ID@PLACE, separated by semicolons; place 1 is the first."));

        Quotas = new int[channels.Count];
        for (var i = 0; i < channels.Count; i++)
        {
            var (name, quota, description) = channels[i];
            Quotas[i] = Add(SceneParameter.Integer($"recall.{name}.quota", quota, 0, 10_000, $"How many candidates the channel gives at the most; 0 turns it off. {description}"));
        }

        _indexes = _parameters.Select((p, i) => (p.Name, i)).ToFrozenDictionary(p => p.Name, p => p.i, StringComparer.Ordinal);
    }

    /// <summary>All parameters.</summary>
    public IReadOnlyList<SceneParameter> Parameters => _parameters;

    internal int Count { get; }

    internal int DeadlineMs { get; }

    internal int RecallShare { get; }

    internal int History { get; }

    internal int HistoryHalfLife { get; }

    internal int Similarity { get; }

    internal int LikedTagBest { get; }

    internal int HideSeen { get; }

    internal int PreRankKeep { get; }

    internal int RankModel { get; }

    internal int ReRankWindow { get; }

    internal int Diversity { get; }

    internal int TagCap { get; }

    internal int FreshnessBoost { get; }

    internal int FreshnessHalfLifeDays { get; }

    internal int Boosts { get; }

    internal int Pins { get; }

    /// <summary>Index of each channel's quota, in the order of the channels.</summary>
    internal int[] Quotas { get; }

    internal int IndexOf(string name) => _indexes.TryGetValue(name, out var index) ? index : -1;

    private int Add(SceneParameter parameter)
    {
        _parameters.Add(parameter);
        return _parameters.Count - 1;
    }
}
