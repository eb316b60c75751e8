using Siskin.Models.Evaluation;
using Siskin.Models.Interactions;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Snapshot;

namespace Siskin.Offline.Jobs;

/// <summary>Runs the online pipeline for every user with something held back.</summary>
internal static class PipelineEvaluation
{
    private const string NoDeadline = "600000";

    public static async Task<(RankingReport Plain, RankingReport Diverse, ChannelReport Channels)> RunAsync(
        SnapshotHolder snapshots,
        TrainingData data,
        InteractionMatrix truth,
        int[] lengths,
        IProgress<TrainingStep>? progress,
        CancellationToken cancellationToken)
    {
        var recommender = new Recommender(snapshots);
        var rows = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var row = 0; row < data.Items.Count; row++)
        {
            rows[data.Items[row].Id] = row;
        }

        var users = Enumerable.Range(0, truth.RowCount).Where(u => truth.Row(u).Length > 0).ToArray();
        var plain = new int[users.Length][];
        var diverse = new int[users.Length][];
        var byChannel = new int[users.Length][][];
        var count = lengths[^1];
        var done = 0;
        await Parallel.ForAsync(0, users.Length, cancellationToken, async (i, ct) =>
        {
            var request = new RecommendationRequest { Scene = "home", User = data.UserIds[users[i]], Count = count };
            plain[i] = await ListAsync(request, "0", ct).ConfigureAwait(false);
            diverse[i] = await ListAsync(request, null, ct).ConfigureAwait(false);
            await recommender.DescribeCandidatesAsync(request, c => byChannel[i] = Lists(c)).ConfigureAwait(false);
            if (Interlocked.Increment(ref done) % 256 == 0)
            {
                progress?.Report(new TrainingStep("evaluation of the pipeline", (double)done / users.Length));
            }
        }).ConfigureAwait(false);

        // Added up in the users' order, so that the sums repeat to the last bit.
        var plainFigures = new RankingEvaluator(data.Items.Count, lengths);
        var diverseFigures = new RankingEvaluator(data.Items.Count, lengths);
        var channels = new ChannelEvaluator(recommender.Channels);
        for (var i = 0; i < users.Length; i++)
        {
            var taken = truth.Row(users[i]).Columns;
            plainFigures.Add(plain[i], taken);
            diverseFigures.Add(diverse[i], taken);
            channels.Add(Array.ConvertAll(byChannel[i], list => (ReadOnlyMemory<int>)list), taken);
        }

        return (plainFigures.Report(), diverseFigures.Report(), channels.Report());

        async Task<int[]> ListAsync(RecommendationRequest request, string? diversity, CancellationToken ct)
        {
            var parameters = new Dictionary<string, string> { ["deadlineMs"] = NoDeadline };
            if (diversity is not null)
            {
                parameters["reRank.diversity"] = diversity;
            }

            var response = await recommender.RecommendAsync(request with { Parameters = parameters }, ct).ConfigureAwait(false);
            return [.. response.Items.Select(item => rows[item.Item])];
        }
    }

    private static int[][] Lists(DescribedCandidates candidates)
    {
        var lists = new List<(int Place, int Row)>[candidates.ChannelCount];
        for (var c = 0; c < lists.Length; c++)
        {
            lists[c] = [];
        }

        for (var i = 0; i < candidates.Rows.Length; i++)
        {
            for (var c = 0; c < lists.Length; c++)
            {
                var place = candidates.Places[(i * lists.Length) + c];
                if (place > 0)
                {
                    lists[c].Add((place, candidates.Rows[i]));
                }
            }
        }

        return Array.ConvertAll(lists, list => list.OrderBy(p => p.Place).Select(p => p.Row).ToArray());
    }
}
