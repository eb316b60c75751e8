using System.Collections.Frozen;
using Siskin.Serving.Candidates;

namespace Siskin.Serving.Pipeline;

/// <summary>Collects what happens to one request: always what is degraded, the rest only when it is to be explained.</summary>
internal sealed class RequestReport(bool isExplained)
{
    private readonly SortedList<int, ChannelTrace>? _channels = isExplained ? [] : null;
    private readonly List<StageTrace>? _stages = isExplained ? [] : null;
    private List<Degradation>? _degradations;

    public static IReadOnlyDictionary<string, int> NothingDropped { get; } = FrozenDictionary<string, int>.Empty;

    public bool IsExplained { get; } = isExplained;

    /// <summary>In the order of the pipeline's channels, whichever ended first.</summary>
    public IReadOnlyList<ChannelTrace> Channels => _channels is null ? [] : [.. _channels.Values];

    public IReadOnlyList<StageTrace> Stages => _stages ?? (IReadOnlyList<StageTrace>)[];

    public IReadOnlyList<Degradation> Degradations => _degradations ?? (IReadOnlyList<Degradation>)[];

    public static IReadOnlyDictionary<string, int> Dropped(ChannelLease lease)
    {
        var dropped = new Dictionary<string, int>();
        AddIfAny(dropped, "seen", lease.Dropped(DropReason.Seen));
        AddIfAny(dropped, "unavailable", lease.Dropped(DropReason.Unavailable));
        AddIfAny(dropped, "filter", lease.Dropped(DropReason.Filter));
        return dropped;
    }

    public static void AddIfAny(Dictionary<string, int> counts, string name, int count)
    {
        if (count > 0)
        {
            counts[name] = count;
        }
    }

    /// <summary>Adds what a channel did; only when the request is to be explained.</summary>
    /// <param name="index">The channel's place in the pipeline.</param>
    /// <param name="channel">What it did.</param>
    public void Add(int index, ChannelTrace channel) => _channels![index] = channel;

    /// <summary>Adds what a stage did; only when the request is to be explained.</summary>
    public void Add(StageTrace stage) => _stages!.Add(stage);

    /// <summary>Adds what a stage did when the request is to be explained; otherwise nothing is made.</summary>
    public void AddStage(string name, long started, int before, int after, string reason)
    {
        if (IsExplained)
        {
            _stages!.Add(new StageTrace(
                name,
                System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds,
                before,
                after,
                before > after ? new Dictionary<string, int> { [reason] = before - after } : NothingDropped));
        }
    }

    public void Degrade(DegradationReason reason, string source, string detail) =>
        (_degradations ??= []).Add(new Degradation(reason, source, detail));
}
