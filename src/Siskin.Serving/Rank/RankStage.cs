using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Siskin.Models.Scoring;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Recall;
using Siskin.Serving.Releases;

namespace Siskin.Serving.Rank;

/// <summary>Scores the candidates with the release's ranker; falls back to the order of pre-rank.</summary>
internal sealed partial class RankStage(RecommenderOptions options, ILogger logger)
{
    private readonly ConditionalWeakTable<Release, Binding> _bindings = [];

    /// <summary>For each channel of the release's blend its column in this pipeline; −1 when the pipeline lacks it.</summary>
    public int[] ChannelMap(Release release) => Bind(release).ChannelMap;

    /// <summary>Fills the rank scores.</summary>
    /// <param name="context">The request, its candidates in order of pre-rank.</param>
    /// <param name="channelMap">From <see cref="ChannelMap"/>.</param>
    /// <param name="deadline">When the request has to be over, as a <see cref="Stopwatch"/> timestamp.</param>
    /// <param name="report">Gets what is degraded.</param>
    /// <returns>The features that the ranker saw, to be disposed of; null when no ranker ran.</returns>
    public async ValueTask<RankLease?> RunAsync(RecallContext context, int[] channelMap, long deadline, RequestReport report)
    {
        var binding = Bind(context.Snapshot.Release);
        var candidates = context.Candidates;
        candidates.PreRankScores.AsSpan(0, candidates.Count).CopyTo(candidates.RankScores);
        if (binding.Scorer is not { } scorer
            || context.Snapshot.Release.Blend is not { } model
            || candidates.OrderCount == 0
            || context.Scene.Text(context.Parameters.RankModel) == "none")
        {
            return null;
        }

        var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline);
        if (left <= TimeSpan.Zero)
        {
            report.Degrade(DegradationReason.StageLate, "rank", "no time was left; the order of pre-rank stands");
            return null;
        }

        var lease = new RankLease(candidates.OrderCount, model.Features.Count);
        try
        {
            RankFeatures.Write(context, model, channelMap, lease.Features.Span);
            var batch = new ScoringBatch(candidates.OrderCount, model.Features.Count, lease.Features, 1, lease.Scores);
            var scoring = scorer.ScoreAsync(batch);
            if (!scoring.IsCompleted)
            {
                var task = scoring.AsTask();
                if (await Task.WhenAny(task, Task.Delay(left)).ConfigureAwait(false) != task)
                {
                    // The scorer keeps its lease: what it writes later reaches nobody.
                    _ = task.ContinueWith(t => LogLateFailure(t.Exception!), TaskContinuationOptions.OnlyOnFaulted);
                    LogLate(left.TotalMilliseconds);
                    report.Degrade(DegradationReason.StageLate, "rank", $"did not answer within {left.TotalMilliseconds:0} ms; the order of pre-rank stands");
                    return null;
                }

                await task.ConfigureAwait(false);
            }
            else
            {
                await scoring.ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            LogFailure(e);
            report.Degrade(DegradationReason.StageFailed, "rank", e.Message + "; the order of pre-rank stands");
            lease.Dispose();
            return null;
        }

        var scores = lease.Scores.Span;
        for (var i = 0; i < scores.Length; i++)
        {
            var slot = candidates.Order[i];
            lease.SetSlot(slot, i);
            candidates.RankScores[slot] = float.IsNaN(scores[i]) ? 0 : scores[i];
        }

        candidates.SortAndKeep(candidates.RankScores, candidates.OrderCount);
        return lease;
    }

    private Binding Bind(Release release) => _bindings.GetValue(release, Create);

    private Binding Create(Release release)
    {
        if (release.Blend is not { } blend)
        {
            return new Binding([], null);
        }

        var map = new int[blend.Channels.Count];
        for (var i = 0; i < map.Length; i++)
        {
            map[i] = -1;
            for (var c = 0; c < options.Channels.Count; c++)
            {
                map[i] = options.Channels[c].Name == blend.Channels[i] ? c : map[i];
            }
        }

        return new Binding(map, options.Scorer is { } make ? make(release) : new LogisticScorer(blend.Logistic));
    }

    [LoggerMessage(11, LogLevel.Warning, "The ranker did not answer within {Milliseconds:0} ms.")]
    private partial void LogLate(double milliseconds);

    [LoggerMessage(12, LogLevel.Error, "The ranker failed.")]
    private partial void LogFailure(Exception exception);

    [LoggerMessage(13, LogLevel.Warning, "The ranker failed after the deadline.")]
    private partial void LogLateFailure(Exception exception);

    private sealed record Binding(int[] ChannelMap, IScorer? Scorer);
}
