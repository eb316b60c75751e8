using System.Diagnostics;
using Siskin.Models.Evaluation;
using Siskin.Models.Factorization;
using Siskin.Models.Interactions;
using Siskin.Models.Retrieval;
using Siskin.Serving.Snapshot;

namespace Siskin.Offline.Jobs;

/// <summary>Judges popularity, item-CF, iALS and the whole pipeline on pairs held back, by full ranking.</summary>
public static class EvaluateJob
{
    /// <summary>Evaluates on a part cut from the data.</summary>
    /// <param name="data">All data.</param>
    /// <param name="kind">How to cut the test part; within what is left the validation part is cut the same way.</param>
    /// <param name="options">How to evaluate.</param>
    /// <param name="progress">Told where the work stands.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static Task<EvaluationReport> RunAsync(
        TrainingData data,
        SplitKind kind,
        EvaluationOptions options,
        IProgress<TrainingStep>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var split = Split.Of(TrainingPart.Whole(data), kind);
        var name = kind switch
        {
            SplitKind.PerUser => "per user: the last fifth of each user's items by time",
            SplitKind.Global => "global: the last fifth of all pairs by time",
            _ => "a tenth of each user's items at random",
        };
        return RunAsync(split, kind, name, options, progress, cancellationToken);
    }

    /// <summary>Evaluates on the part that the data's makers keep apart.</summary>
    /// <param name="data">All data to learn from.</param>
    /// <param name="test">What is kept apart.</param>
    /// <param name="options">How to evaluate.</param>
    /// <param name="progress">Told where the work stands.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static Task<EvaluationReport> RunAsync(
        TrainingData data,
        Interaction[] test,
        EvaluationOptions options,
        IProgress<TrainingStep>? progress = null,
        CancellationToken cancellationToken = default) =>
        RunAsync(new Split(TrainingPart.Whole(data), test), SplitKind.Own, "the data's own test part", options, progress, cancellationToken);

    private static async Task<EvaluationReport> RunAsync(
        Split split,
        SplitKind kind,
        string protocol,
        EvaluationOptions options,
        IProgress<TrainingStep>? progress,
        CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var data = split.Train.Data;
        var release = await TrainJob.TrainAsync(split.Train, kind, options.Settings, options.Effort, progress, cancellationToken).ConfigureAwait(false);
        progress?.Report(new TrainingStep("evaluation", 0));
        var seen = Releases.ReleaseBuilder.HistoryMatrix(data, release.Histories);
        var known = KnownAtCut(split, kind);
        var truth = TrainingPart.MatrixOf(data, Array.FindAll(split.Held, p => known[p.Item]));
        var lengths = options.Lengths.ToArray();
        var rows = new List<EvaluationRow>
        {
            new("popularity", Rank((_, scores) => CopyTo(release.Statistics.Consumers, scores))),
            new("item-CF", Rank((user, scores) => ScoreByNeighbours(release.CosineNeighbours, seen, user, scores))),
            new("item-CF damped", Rank((user, scores) => ScoreByNeighbours(release.DampedNeighbours, seen, user, scores))),
        };
        if (release.Factors is { } factors)
        {
            rows.Add(new("iALS", Rank((user, scores) => ScoreByVectors(factors, seen, user, scores))));
        }

        ChannelReport? channels = null;
        if (options.RunPipeline)
        {
            var holder = new SnapshotHolder(new ServingSnapshot(release, data.Directory));
            var (plain, diverse, byChannel) = await PipelineEvaluation.RunAsync(holder, data, truth, lengths, progress, cancellationToken).ConfigureAwait(false);
            rows.Add(new("pipeline before diversity", plain));
            rows.Add(new("pipeline", diverse));
            channels = byChannel;
        }

        if (options.Oracle is { } oracle)
        {
            var times = FirstTimes(split.Held, data.UserIds.Count);
            rows.Add(new("oracle", Rank((user, scores) => oracle(data.UserIds[user], DateTimeOffset.FromUnixTimeMilliseconds(times[user] - 1), scores))));
        }

        return new EvaluationReport(
            $"{protocol}; full ranking of {data.Items.Count:N0} items, {truth.Count:N0} pairs of {rows[0].Report.Users:N0} users",
            split.Train.Pairs.Length,
            truth.Count,
            rows,
            channels,
            release.Manifest.Settings,
            Stopwatch.GetElapsedTime(started).TotalSeconds);

        RankingReport Rank(DenseScorer scorer) => FullRanking.Evaluate(
            seen,
            truth,
            (user, scores) =>
            {
                scorer(user, scores);
                for (var item = 0; item < scores.Length; item++)
                {
                    scores[item] = known[item] ? scores[item] : float.NegativeInfinity;
                }
            },
            lengths,
            0,
            cancellationToken);
    }

    private static void ScoreByNeighbours(ItemNeighbours neighbours, InteractionMatrix seen, int user, Span<float> scores)
    {
        neighbours.ScoreInto(seen.Row(user).Columns, [], scores);
        foreach (ref var score in scores)
        {
            // No neighbour speaks for the item: it is not a recommendation, and must not win a tie.
            score = score > 0 ? score : float.NegativeInfinity;
        }
    }

    private static void ScoreByVectors(ImplicitAlsModel factors, InteractionMatrix seen, int user, Span<float> scores)
    {
        if (seen.Row(user).Length == 0)
        {
            // A user without history has no vector, and so no list.
            scores.Fill(float.NegativeInfinity);
            return;
        }

        factors.ScoreInto(user, scores);
    }

    /// <summary>Items that existed at the cut: with a global cut nobody can recommend what is created after it.</summary>
    private static bool[] KnownAtCut(Split split, SplitKind kind)
    {
        var items = split.Train.Data.Items;
        var known = new bool[items.Count];
        for (var item = 0; item < known.Length; item++)
        {
            known[item] = kind != SplitKind.Global
                || items[item].CreatedAt is not { } created
                || created.ToUnixTimeMilliseconds() < split.Train.UntilMs;
        }

        return known;
    }

    private static long[] FirstTimes(Interaction[] pairs, int users)
    {
        var times = new long[users];
        Array.Fill(times, long.MaxValue);
        foreach (var pair in pairs)
        {
            times[pair.User] = Math.Min(times[pair.User], pair.TimeMs);
        }

        return times;
    }

    private static void CopyTo(int[] counts, Span<float> scores)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            scores[i] = counts[i];
        }
    }
}
