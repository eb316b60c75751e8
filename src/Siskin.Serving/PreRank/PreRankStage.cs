using Siskin.Serving.Rank;
using Siskin.Serving.Recall;

namespace Siskin.Serving.PreRank;

/// <summary>Thins the candidates out by channel scores alone, so that rank looks at few.</summary>
/// <remarks>
/// For a user, with calibrations: the probability that at least one of the channels is right, 1 − Π(1 − p_c). Without, or
/// around an item, where calibrations made for users' histories say nothing: reciprocal rank fusion, Σ 1/(60 + place)
/// (Cormack, Clarke and Büttcher 2009).
/// </remarks>
internal static class PreRankStage
{
    private const float FusionConstant = 60;

    public static void Run(RecallContext context, BlendModel? model, ReadOnlySpan<int> channelMap, int keep)
    {
        var candidates = context.Candidates;
        for (var i = 0; i < candidates.OrderCount; i++)
        {
            var slot = candidates.Order[i];
            candidates.PreRankScores[slot] = model is null || context.ItemRow >= 0
                ? Fuse(candidates.Places.AsSpan(slot * candidates.ChannelCount, candidates.ChannelCount))
                : Calibrated(context, model, channelMap, slot);
        }

        candidates.SortAndKeep(candidates.PreRankScores, keep);
    }

    private static float Fuse(ReadOnlySpan<ushort> places)
    {
        float sum = 0;
        foreach (var place in places)
        {
            sum += place > 0 ? 1 / (FusionConstant + place) : 0;
        }

        return sum;
    }

    private static float Calibrated(RecallContext context, BlendModel model, ReadOnlySpan<int> channelMap, int slot)
    {
        var candidates = context.Candidates;
        float none = 1;
        for (var c = 0; c < channelMap.Length; c++)
        {
            var cell = (slot * candidates.ChannelCount) + channelMap[c];
            if (channelMap[c] >= 0 && candidates.Places[cell] > 0)
            {
                none *= 1 - model.Calibrations[c].Predict(candidates.ChannelScores[cell]);
            }
        }

        // Channels that the model does not know break ties by their places.
        return 1 - none + (1e-4f * Fuse(candidates.Places.AsSpan(slot * candidates.ChannelCount, candidates.ChannelCount)));
    }
}
