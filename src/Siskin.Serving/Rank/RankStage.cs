using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Siskin.Models.Scoring;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Recall;
using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;

namespace Siskin.Serving.Rank;

/// <summary>Scores the candidates with the release's ranker; falls back to the order of pre-rank.</summary>
internal sealed partial class RankStage(RecommenderOptions options, ILogger logger)
{
    private const string Fallback = "; the order of pre-rank stands";
    private const string OwnFallback = "; the release's own model ranks";

    private readonly ConditionalWeakTable<BlendModel, Binding> _bindings = [];
    private readonly ConditionalWeakTable<RankerModel, Binding> _rankers = [];

    /// <summary>Compiles what a release ranks with, so that no request has to.</summary>
    public void Prepare(Release release)
    {
        foreach (var blend in new[] { release.Blend, release.ColdBlend })
        {
            if (blend is not null)
            {
                Bind(blend);
            }
        }

        if (release is { Ranker: { } ranker, Blend: { } warm } && options.Scorer is null)
        {
            _rankers.GetValue(ranker, _ => Create(ranker, release, warm));
        }
    }

    /// <summary>For each channel of a blend its column in this pipeline; −1 when the pipeline lacks it.</summary>
    public int[] ChannelMap(BlendModel? blend) => blend is null ? [] : Bind(blend).ChannelMap;

    /// <summary>Fills the rank scores.</summary>
    /// <param name="context">The request, its candidates in order of pre-rank.</param>
    /// <param name="channelMap">From <see cref="ChannelMap"/>.</param>
    /// <param name="deadline">When the request has to be over, as a <see cref="Stopwatch"/> timestamp.</param>
    /// <param name="report">Gets what is degraded.</param>
    /// <returns>The features that the ranker saw, to be disposed of; null when no ranker ran.</returns>
    public async ValueTask<RankLease?> RunAsync(RecallContext context, int[] channelMap, long deadline, RequestReport report)
    {
        var candidates = context.Candidates;
        candidates.PreRankScores.AsSpan(0, candidates.Count).CopyTo(candidates.RankScores);
        if (context.Blend is not { } model
            || candidates.OrderCount == 0
            || context.Scene.Text(context.Parameters.RankModel) == "none")
        {
            return null;
        }

        if (await RankByNameAsync(context, model, channelMap, deadline, report).ConfigureAwait(false) is { } named)
        {
            return named;
        }

        var binding = Bind(model);
        var ranker = RankerOf(context, model);
        if ((ranker ?? binding) is var chosen && chosen.Scorer is not { } scorer)
        {
            if (chosen.Failure is { } failure)
            {
                report.Degrade(DegradationReason.StageFailed, "rank", failure + Fallback);
            }

            return null;
        }

        return await ScoreAsync(scorer, ranker is not null || options.Scorer is not null, context, model, channelMap, deadline, Fallback, report).ConfigureAwait(false);
    }

    /// <summary>Ranks with the model that the scene names; null when it names none, and when that model did not answer.</summary>
    private async ValueTask<RankLease?> RankByNameAsync(RecallContext context, BlendModel model, int[] channelMap, long deadline, RequestReport report)
    {
        var name = context.Scene.Text(context.Parameters.RankModel);
        if (name is "auto" or "blend")
        {
            return null;
        }

        if (context.Models.Find(name) is not { } bound || bound.For(model) is not { } scorer)
        {
            report.Degrade(DegradationReason.StageFailed, "rank", $"there is no model '{name}' that can rank" + OwnFallback);
            return null;
        }

        // The fallback needs little time, but some.
        var left = deadline - Stopwatch.GetTimestamp();
        var reserve = Math.Min(left / 10, Stopwatch.Frequency / 100);
        var lease = await ScoreAsync(scorer, true, context, model, channelMap, deadline - reserve, OwnFallback, report).ConfigureAwait(false);
        context.RankedBy = lease is null ? null : bound;
        return lease;
    }

    private async ValueTask<RankLease?> ScoreAsync(IScorer scorer, bool withRows, RecallContext context, BlendModel model, int[] channelMap, long deadline, string fallback, RequestReport report)
    {
        var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline);
        if (left <= TimeSpan.Zero)
        {
            report.Degrade(DegradationReason.StageLate, "rank", "no time was left" + fallback);
            return null;
        }

        var candidates = context.Candidates;
        var lease = new RankLease(candidates.OrderCount, model.Features.Count);
        var cancellation = new CancellationTokenSource();
        try
        {
            RankFeatures.Write(context, model, channelMap, lease.Features.Span);
            if (withRows)
            {
                lease.WriteRows(candidates, context.User.RecentRows);
            }

            var batch = new ScoringBatch(candidates.OrderCount, model.Features.Count, lease.Features, 1, lease.Scores, lease.Items, lease.History, withRows ? context.Request.User : null);

            if (withRows)
            {
                // Armed before the scorer starts: one that asks another machine passes the time left on.
                cancellation.CancelAfter(left);
            }

            var scoring = scorer.ScoreAsync(batch, cancellation.Token);
            if (scoring.IsCompleted)
            {
                await scoring.ConfigureAwait(false);
            }
            else if (!await IsInTimeAsync(scoring.AsTask(), left, context.Models).ConfigureAwait(false))
            {
                // The scorer keeps its lease and its token: what it writes later reaches nobody.
                LogLate(left.TotalMilliseconds);
                report.Degrade(DegradationReason.StageLate, "rank", $"did not answer within {left.TotalMilliseconds:0} ms{fallback}");
                return null;
            }
        }
        catch (Exception e)
        {
            var isLate = e is TimeoutException || (e is OperationCanceledException && cancellation.IsCancellationRequested);
            LogFailure(e);
            report.Degrade(isLate ? DegradationReason.StageLate : DegradationReason.StageFailed, "rank", (isLate ? $"did not answer within {left.TotalMilliseconds:0} ms" : e.Message) + fallback);
            lease.Dispose();
            cancellation.Dispose();
            return null;
        }

        cancellation.Dispose();
        Take(lease, context, report);
        return lease;
    }

    /// <summary>Waits for the scorer until the deadline; throws what it throws in time, and logs what it throws later.</summary>
    private async ValueTask<bool> IsInTimeAsync(Task scoring, TimeSpan left, ModelBindings models)
    {
        await scoring.WaitAsync(left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (scoring.IsCompleted)
        {
            await scoring.ConfigureAwait(false);
            return true;
        }

        // The model stays loaded for as long as its scorer may run.
        models.TryHold();
        _ = scoring.ContinueWith(
            t =>
            {
                models.Release();
                if (t.Exception is { } failure)
                {
                    LogLateFailure(failure);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return false;
    }

    private void Take(RankLease lease, RecallContext context, RequestReport report)
    {
        var candidates = context.Candidates;
        var scores = lease.Scores.Span;
        var bad = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var isNumber = float.IsFinite(scores[i]);
            bad += isNumber ? 0 : 1;
            candidates.RankScores[candidates.Order[i]] = isNumber ? scores[i] : 0;
        }

        if (bad > 0)
        {
            LogNotFinite(bad, scores.Length);
            report.Degrade(DegradationReason.StageFailed, "rank", $"{bad} of {scores.Length} scores are not finite; they count as 0");
        }

        if (report.IsExplained)
        {
            lease.KeepSlots(candidates.Order.AsSpan(0, candidates.OrderCount));
        }

        candidates.SortAndKeep(candidates.RankScores, candidates.OrderCount);
    }

    /// <summary>The release's ranker for users with a history, unless the scene asks for the blend or the pipeline has a scorer of its own.</summary>
    private Binding? RankerOf(RecallContext context, BlendModel blend)
    {
        var release = context.Snapshot.Release;
        return release.Ranker is { } ranker && options.Scorer is null && context.User.RecentRows.Length > 0 && context.Scene.Text(context.Parameters.RankModel) == "auto"
            ? _rankers.GetValue(ranker, _ => Create(ranker, release, blend))
            : null;
    }

    private Binding Create(RankerModel ranker, Release release, BlendModel blend)
    {
        try
        {
            return ranker.Description.Features.SequenceEqual(blend.Features)
                ? new Binding([], new RankerScorer(ranker, release), null)
                : throw new InvalidDataException($"the ranker {ranker.Description.Model} was trained on other features than the blend writes");
        }
        catch (Exception e)
        {
            // Tried once a ranker; until the next release every answer says so.
            LogFailure(e);
            return new Binding([], null, e.Message);
        }
    }

    private Binding Bind(BlendModel blend) => _bindings.GetValue(blend, Create);

    private Binding Create(BlendModel blend)
    {
        var map = new int[blend.Channels.Count];
        for (var i = 0; i < map.Length; i++)
        {
            map[i] = -1;
            for (var c = 0; c < options.Channels.Count; c++)
            {
                map[i] = options.Channels[c].Name == blend.Channels[i] ? c : map[i];
            }
        }

        if (options.Scorer is not { } make)
        {
            return new Binding(map, new LogisticScorer(blend.Logistic), null);
        }

        try
        {
            return new Binding(map, make(blend), null);
        }
        catch (Exception e)
        {
            // Tried once a blend; until the next release every answer says so.
            LogFailure(e);
            return new Binding(map, null, e.Message);
        }
    }

    [LoggerMessage(11, LogLevel.Warning, "The ranker did not answer within {Milliseconds:0} ms.")]
    private partial void LogLate(double milliseconds);

    [LoggerMessage(12, LogLevel.Error, "The ranker failed.")]
    private partial void LogFailure(Exception exception);

    [LoggerMessage(13, LogLevel.Warning, "The ranker failed after the deadline.")]
    private partial void LogLateFailure(Exception exception);

    [LoggerMessage(14, LogLevel.Error, "The ranker gave {Bad} of {Count} scores that are not finite numbers.")]
    private partial void LogNotFinite(int bad, int count);

    private sealed record Binding(int[] ChannelMap, IScorer? Scorer, string? Failure);
}
