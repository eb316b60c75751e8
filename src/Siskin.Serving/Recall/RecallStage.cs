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
        var capacity = 0;
        var leases = new ChannelLease?[channels.Count];
        Task[]? tasks = null;
        CancellationTokenSource? cancellation = null;
        for (var c = 0; c < channels.Count; c++)
        {
            var quota = context.Scene.Integer(context.Parameters.Quotas[c]);
            capacity += quota;
            if (quota == 0)
            {
                report.Add(new ChannelTrace(channels[c].Name, ChannelOutcome.Skipped, "its quota is 0", 0, 0, 0, RequestReport.NothingDropped));
                continue;
            }

            leases[c] = _leases.Rent();
            leases[c]!.Begin(quota, context.Filter, context.Snapshot.Items);
            if (!channels[c].IsInline)
            {
                cancellation ??= new CancellationTokenSource(Remaining(deadline));
                (tasks ??= new Task[channels.Count])[c] = Start(channels[c], context, leases[c]!, cancellation.Token);
            }
        }

        context.Candidates.Begin(capacity, channels.Count);
        for (var c = 0; c < channels.Count; c++)
        {
            if (leases[c] is { } lease && channels[c].IsInline)
            {
                var started = Stopwatch.GetTimestamp();
                Exception? failure = null;
                try
                {
                    await channels[c].RecallAsync(context, lease, CancellationToken.None).ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    failure = e;
                }

                Finish(c, lease, failure, Stopwatch.GetElapsedTime(started), context, report);
            }
        }

        var allEnded = true;
        if (tasks is not null)
        {
            allEnded = await FinishTasksAsync(tasks, leases, deadline, context, report).ConfigureAwait(false);
            if (allEnded)
            {
                cancellation!.Dispose();
            }
        }

        return allEnded;
    }

    private static TimeSpan Remaining(long deadline)
    {
        var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static Task Start(IRecallChannel channel, RecallContext context, ChannelLease lease, CancellationToken cancellationToken) =>
        Task.Run(() => channel.RecallAsync(context, lease, cancellationToken).AsTask(), CancellationToken.None);

    private async ValueTask<bool> FinishTasksAsync(Task[] tasks, ChannelLease?[] leases, long deadline, RecallContext context, RequestReport report)
    {
        var running = tasks.Where(t => t is not null).ToArray();
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAny(Task.WhenAll(running), Task.Delay(Remaining(deadline))).ConfigureAwait(false);
        var allEnded = true;
        for (var c = 0; c < tasks.Length; c++)
        {
            if (tasks[c] is not { } task)
            {
                continue;
            }

            var elapsed = Stopwatch.GetElapsedTime(started);
            if (task.IsCompleted)
            {
                var failure = task.IsFaulted ? task.Exception!.InnerException : null;
                Finish(c, leases[c]!, task.IsCanceled ? new TimeoutException("cancelled at its deadline") : failure, elapsed, context, report);
                continue;
            }

            // Only the channel's own end gives the lease back; an exception that comes that late is observed and logged.
            allEnded = false;
            var (channel, lease) = (channels[c].Name, leases[c]!);
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
            LogLate(channel, elapsed.TotalMilliseconds);
            report.Add(new ChannelTrace(channel, ChannelOutcome.Late, "did not answer within its deadline", elapsed.TotalMilliseconds, lease.Quota, 0, RequestReport.NothingDropped));
            report.Degrade(DegradationReason.ChannelLate, channel, $"did not answer within {elapsed.TotalMilliseconds:0} ms");
        }

        return allEnded;
    }

    private void Finish(int c, ChannelLease lease, Exception? failure, TimeSpan elapsed, RecallContext context, RequestReport report)
    {
        var name = channels[c].Name;
        if (failure is not null)
        {
            var isLate = failure is TimeoutException or OperationCanceledException;
            LogFailure(name, failure);
            report.Add(new ChannelTrace(name, isLate ? ChannelOutcome.Late : ChannelOutcome.Failed, failure.Message, elapsed.TotalMilliseconds, lease.Quota, 0, RequestReport.NothingDropped));
            report.Degrade(isLate ? DegradationReason.ChannelLate : DegradationReason.ChannelFailed, name, failure.Message);
        }
        else
        {
            context.Candidates.Merge(lease, c);
            if (report.IsExplained)
            {
                report.Add(new ChannelTrace(
                    name,
                    lease.SkipReason is null ? ChannelOutcome.Answered : ChannelOutcome.Skipped,
                    lease.SkipReason,
                    elapsed.TotalMilliseconds,
                    lease.Quota,
                    lease.Count,
                    RequestReport.Dropped(lease)));
            }
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
