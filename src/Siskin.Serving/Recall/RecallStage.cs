using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Siskin.Serving.Candidates;
using Siskin.Serving.Pipeline;

namespace Siskin.Serving.Recall;

/// <summary>Runs the recall channels of a scene and merges what they find.</summary>
/// <remarks>
/// Channels that may wait are started first and run beside the inline ones; what has not answered at the deadline is
/// left out by name. A late channel keeps its lease, and the request's context is not used again while it may still read it.
/// </remarks>
internal sealed partial class RecallStage(IReadOnlyList<IRecallChannel> channels, ILogger logger)
{
    private readonly Pool<ChannelLease> _leases = new(() => new ChannelLease(), 256);

    /// <summary>Runs all channels and fills the candidate buffer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="deadline">When recall has to be over, as a <see cref="Stopwatch"/> timestamp.</param>
    /// <param name="report">Gets what each channel did and what is degraded.</param>
    /// <returns>Whether no channel is still running: only then may the context be used again.</returns>
    public async ValueTask<bool> RunAsync(RecallContext context, long deadline, RequestReport report)
    {
        var leases = new ChannelLease?[channels.Count];
        Task[]? tasks = null;
        CancellationTokenSource? cancellation = null;
        var started = Stopwatch.GetTimestamp();
        for (var c = 0; c < channels.Count; c++)
        {
            var quota = context.Scene.Integer(context.Parameters.Quotas[c]);
            if (quota == 0)
            {
                if (report.IsExplained)
                {
                    report.Add(c, new ChannelTrace(channels[c].Name, ChannelOutcome.Skipped, "its quota is 0", 0, 0, 0, RequestReport.NothingDropped));
                }

                continue;
            }

            var lease = leases[c] = _leases.Rent();
            lease.Begin(quota, context.Filter, context.Snapshot.Items);
            if (!channels[c].IsInline)
            {
                cancellation ??= new CancellationTokenSource(Remaining(deadline));
                (tasks ??= new Task[channels.Count])[c] = Start(channels[c], context, lease, cancellation.Token);
            }
        }

        context.Candidates.Begin(channels.Count);
        for (var c = 0; c < channels.Count; c++)
        {
            if (leases[c] is { } lease && channels[c].IsInline)
            {
                var begun = Stopwatch.GetTimestamp();
                Exception? failure = null;
                try
                {
                    await channels[c].RecallAsync(context, lease, CancellationToken.None).ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    failure = e;
                }

                lease.Ticks = Stopwatch.GetTimestamp() - begun;
                Finish(c, lease, failure, context, report);
            }
        }

        if (tasks is null)
        {
            return true;
        }

        var allEnded = await FinishTasksAsync(tasks, leases, started, deadline, context, report).ConfigureAwait(false);
        if (allEnded)
        {
            cancellation!.Dispose();
        }

        return allEnded;
    }

    private static TimeSpan Remaining(long deadline)
    {
        var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static Task Start(IRecallChannel channel, RecallContext context, ChannelLease lease, CancellationToken cancellationToken) =>
        Task.Run(
            async () =>
            {
                var begun = Stopwatch.GetTimestamp();
                await channel.RecallAsync(context, lease, cancellationToken).ConfigureAwait(false);
                lease.Ticks = Stopwatch.GetTimestamp() - begun;
            },
            CancellationToken.None);

    private async ValueTask<bool> FinishTasksAsync(Task[] tasks, ChannelLease?[] leases, long started, long deadline, RecallContext context, RequestReport report)
    {
        var allEnded = true;
        for (var c = 0; c < tasks.Length; c++)
        {
            if (tasks[c] is not { } task)
            {
                continue;
            }

            var lease = leases[c]!;
            if (!task.IsCompleted)
            {
                await task.WaitAsync(Remaining(deadline)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (task.IsCompleted)
            {
                Finish(c, lease, task.IsCanceled ? new TimeoutException("cancelled at its deadline") : task.Exception?.InnerException, context, report);
                continue;
            }

            allEnded = false;
            Abandon(c, lease, task, Stopwatch.GetElapsedTime(started).TotalMilliseconds, report);
        }

        return allEnded;
    }

    /// <summary>Leaves a late channel to itself: only its own end gives the lease back; what it throws that late is observed and logged.</summary>
    private void Abandon(int c, ChannelLease lease, Task task, double milliseconds, RequestReport report)
    {
        var channel = channels[c].Name;
        var quota = lease.Quota;
        _ = task.ContinueWith(
            ended =>
            {
                if (ended.Exception is { } late)
                {
                    LogLateFailure(channel, late);
                }

                lease.End();
                _leases.Return(lease);
            },
            TaskScheduler.Default);
        LogLate(channel, milliseconds);
        report.Degrade(DegradationReason.ChannelLate, channel, $"did not answer within {milliseconds:0} ms");
        if (report.IsExplained)
        {
            report.Add(c, new ChannelTrace(channel, ChannelOutcome.Late, "did not answer within its deadline", milliseconds, quota, 0, RequestReport.NothingDropped));
        }
    }

    private void Finish(int c, ChannelLease lease, Exception? failure, RecallContext context, RequestReport report)
    {
        var name = channels[c].Name;
        ChannelOutcome outcome;
        if (failure is not null)
        {
            outcome = failure is TimeoutException or OperationCanceledException ? ChannelOutcome.Late : ChannelOutcome.Failed;
            LogFailure(name, failure);
            report.Degrade(outcome == ChannelOutcome.Late ? DegradationReason.ChannelLate : DegradationReason.ChannelFailed, name, failure.Message);
        }
        else
        {
            outcome = lease.SkipReason is null ? ChannelOutcome.Answered : ChannelOutcome.Skipped;
            context.Candidates.Merge(lease, c);
        }

        if (report.IsExplained)
        {
            report.Add(c, new ChannelTrace(
                name,
                outcome,
                failure?.Message ?? lease.SkipReason,
                lease.Ticks * 1000.0 / Stopwatch.Frequency,
                lease.Quota,
                failure is null ? lease.Count : 0,
                failure is null ? RequestReport.Dropped(lease) : RequestReport.NothingDropped,
                failure is null ? lease.Detail : null));
        }

        lease.End();
        _leases.Return(lease);
    }

    [LoggerMessage(1, LogLevel.Warning, "Recall channel {Channel} did not answer within {Milliseconds:0} ms and was left out.")]
    private partial void LogLate(string channel, double milliseconds);

    [LoggerMessage(2, LogLevel.Error, "Recall channel {Channel} failed and was left out.")]
    private partial void LogFailure(string channel, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "Recall channel {Channel} failed after its deadline.")]
    private partial void LogLateFailure(string channel, Exception exception);
}
