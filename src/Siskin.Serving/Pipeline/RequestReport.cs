using System.Collections.Frozen;
using Siskin.Serving.Candidates;

namespace Siskin.Serving.Pipeline;

/// <summary>Collects what happens to one request: always what is degraded, the rest only when it is to be explained.</summary>
internal sealed class RequestReport(bool isExplained)
{
    private readonly List<ChannelTrace> _channels = [];
    private readonly List<StageTrace> _stages = [];
    private List<Degradation>? _degradations;

    public static IReadOnlyDictionary<string, int> NothingDropped { get; } = FrozenDictionary<string, int>.Empty;

    public bool IsExplained { get; } = isExplained;

    public IReadOnlyList<ChannelTrace> Channels => _channels;

    public IReadOnlyList<StageTrace> Stages => _stages;

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

    public void Add(ChannelTrace channel)
    {
        if (IsExplained)
        {
            _channels.Add(channel);
        }
    }

    public void Add(StageTrace stage)
    {
        if (IsExplained)
        {
            _stages.Add(stage);
        }
    }

    public void Degrade(DegradationReason reason, string source, string detail) =>
        (_degradations ??= []).Add(new Degradation(reason, source, detail));
}
