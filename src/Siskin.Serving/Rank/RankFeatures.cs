using Siskin.Serving.Candidates;
using Siskin.Serving.Recall;
using Siskin.Vectors.Kernels;

namespace Siskin.Serving.Rank;

/// <summary>Computes the features that the blend sees: the same code in training and in serving.</summary>
/// <remarks>
/// For each channel three: log-odds of its calibrated score, 1/√place, and its score relative to the channel's best in
/// this request. Then <see cref="CommonNames"/>, which do not depend on channels.
/// </remarks>
public static class RankFeatures
{
    private const int PerChannel = 3;

    // Bayesian average: as if every item had this many more opinions at the common rate of likes.
    private const double PriorOpinions = 10;
    private const double PriorLikes = 0.5;
    private const double MsPerDay = 86_400_000;

    /// <summary>Features that do not depend on channels, in order.</summary>
    public static IReadOnlyList<string> CommonNames { get; } =
    [
        "embedding.product",
        "item.popularity",
        "item.trend",
        "item.consumers",
        "item.rating",
        "item.age",
        "user.tagAffinity",
        "found.channels",
        "user.historyByPopularity",
    ];

    /// <summary>All features for a list of channels, in order.</summary>
    public static IReadOnlyList<string> Names(IReadOnlyList<string> channels) =>
        [.. channels.SelectMany(c => new[] { c + ".logit", c + ".place", c + ".relative" }), .. CommonNames];

    /// <summary>The Bayesian average of an item's opinions, 0 to 1.</summary>
    /// <param name="likes">Favourable opinions.</param>
    /// <param name="opinions">All opinions.</param>
    public static double BayesianRating(int likes, int opinions) => (likes + (PriorLikes * PriorOpinions)) / (opinions + PriorOpinions);

    /// <summary>Writes the channel features of one candidate.</summary>
    /// <param name="model">Calibrations.</param>
    /// <param name="channel">Index of the channel in the model.</param>
    /// <param name="place">The channel's place for the candidate; 0 when it did not find it.</param>
    /// <param name="score">The channel's score.</param>
    /// <param name="best">The channel's best score in this request.</param>
    /// <param name="features">Output; three numbers.</param>
    public static void WriteChannel(BlendModel model, int channel, int place, float score, float best, Span<float> features)
    {
        if (place == 0)
        {
            features[0] = model.MissingLogits[channel];
            features[1] = 0;
            features[2] = 0;
            return;
        }

        features[0] = Logit(model.Calibrations[channel].Predict(score));
        features[1] = 1 / MathF.Sqrt(place);
        features[2] = best > 0 ? Math.Clamp(score / best, -1, 1) : 0;
    }

    /// <summary>Log-odds of a probability, kept within ±12.</summary>
    public static float Logit(float probability)
    {
        var p = Math.Clamp(probability, 6e-6f, 1 - 6e-6f);
        return MathF.Log(p / (1 - p));
    }

    /// <summary>Writes all features of the candidates in order.</summary>
    /// <param name="context">The request.</param>
    /// <param name="model">Calibrations.</param>
    /// <param name="channelMap">For each channel of the model its column in the candidate buffer; −1 when the pipeline lacks it.</param>
    /// <param name="features">Output, row-major, candidates × features.</param>
    internal static void Write(RecallContext context, BlendModel model, ReadOnlySpan<int> channelMap, Span<float> features)
    {
        var candidates = context.Candidates;
        var width = model.Features.Count;
        var order = candidates.Order.AsSpan(0, candidates.OrderCount);
        Span<float> best = stackalloc float[channelMap.Length];
        BestScores(candidates, channelMap, best);
        for (var i = 0; i < order.Length; i++)
        {
            var row = features.Slice(i * width, width);
            for (var c = 0; c < channelMap.Length; c++)
            {
                var cell = (order[i] * candidates.ChannelCount) + channelMap[c];
                var (place, score) = channelMap[c] < 0 ? ((ushort)0, 0f) : (candidates.Places[cell], candidates.ChannelScores[cell]);
                WriteChannel(model, c, place, score, best[c], row.Slice(c * PerChannel, PerChannel));
            }
        }

        WriteCommon(context, features, width, channelMap.Length * PerChannel);
    }

    /// <summary>Writes the features that do not depend on channels, for the candidates in order.</summary>
    internal static void WriteCommon(RecallContext context, Span<float> features, int width, int offset)
    {
        var snapshot = context.Snapshot;
        var candidates = context.Candidates;
        var statistics = snapshot.Statistics;
        var columns = statistics.Current;
        var popularityScale = statistics.PopularityScale(columns);
        var trendScale = statistics.TrendScale(columns);
        var latest = statistics.LatestMs;
        var vector = context.User.Vector;
        var factors = snapshot.Release.Factors;
        var tagWeights = context.User.TagWeights;
        var history = MathF.Log(1 + context.User.RecentRows.Length);
        for (var i = 0; i < candidates.OrderCount; i++)
        {
            var slot = candidates.Order[i];
            var row = candidates.Rows[slot];
            var entry = snapshot.Items[row];
            var known = row < columns.Popularity.Length;
            var popularity = known ? MathF.Log((float)(1 + (columns.Popularity[row] * popularityScale))) : 0;
            var f = features.Slice((i * width) + offset, CommonNames.Count);
            f[0] = !vector.IsEmpty && row < factors!.ItemCount ? VectorMath.Dot(vector, factors.Item(row)) : 0;
            f[1] = popularity;
            f[2] = known ? MathF.Log((float)(1 + (columns.Trend[row] * trendScale))) : 0;
            f[3] = known ? MathF.Log(1 + columns.Consumers[row]) : 0;
            f[4] = known ? (float)BayesianRating(columns.Likes[row], columns.Opinions[row]) : (float)PriorLikes;
            f[5] = MathF.Log((float)(1 + (Math.Max(0, latest - entry.CreatedMs) / MsPerDay)));
            f[6] = TagAffinity(entry.Tags, tagWeights);
            f[7] = FoundBy(candidates, slot);
            f[8] = history * popularity;
        }
    }

    private static float TagAffinity(int[] tags, ReadOnlySpan<float> weights)
    {
        float sum = 0;
        foreach (var tag in tags)
        {
            sum += tag < weights.Length ? weights[tag] : 0;
        }

        return tags.Length == 0 ? 0 : sum / MathF.Sqrt(tags.Length);
    }

    private static int FoundBy(CandidateBuffer candidates, int slot)
    {
        var count = 0;
        foreach (var place in candidates.Places.AsSpan(slot * candidates.ChannelCount, candidates.ChannelCount))
        {
            count += place > 0 ? 1 : 0;
        }

        return count;
    }

    private static void BestScores(CandidateBuffer candidates, ReadOnlySpan<int> channelMap, Span<float> best)
    {
        best.Clear();
        for (var slot = 0; slot < candidates.Count; slot++)
        {
            for (var c = 0; c < channelMap.Length; c++)
            {
                var cell = (slot * candidates.ChannelCount) + channelMap[c];
                if (channelMap[c] >= 0 && candidates.Places[cell] == 1)
                {
                    best[c] = candidates.ChannelScores[cell];
                }
            }
        }
    }
}
