using Siskin.Serving.Candidates;
using Siskin.Serving.Releases;

namespace Siskin.Serving.Recall;

/// <summary>For users without history: what users like them take, by what is known of them and of the moment.</summary>
internal sealed class SegmentChannel : IRecallChannel
{
    public string Name => "segment";

    public string Description => "For users without history: what users like them take.";

    public int DefaultQuota => 100;

    public bool IsInline => true;

    public ValueTask RecallAsync(RecallContext context, ChannelLease lease, CancellationToken cancellationToken)
    {
        if (context.User.RecentRows.Length > 0)
        {
            lease.SkipReason = "the user has a history";
            return ValueTask.CompletedTask;
        }

        var segments = context.Snapshot.Release.Segments;
        var accumulator = ScoreAccumulator.Rent();
        var found = false;
        foreach (var (name, value) in context.Request.Context)
        {
            found |= Add(segments, SegmentIndex.Key(name, value), accumulator);
        }

        if (context.Request.User is { } id && context.Snapshot.Users.Find(id) is { } user)
        {
            foreach (var (name, value) in user.Attributes)
            {
                found |= !context.Request.Context.ContainsKey(name)
                    && !value.IsNumber
                    && Add(segments, SegmentIndex.Key(name, value.Text!), accumulator);
            }
        }

        if (found)
        {
            accumulator.OfferBest(lease, context.Filter);
        }
        else
        {
            lease.SkipReason = "no segment is known for this user and context";
        }

        accumulator.Return();
        return ValueTask.CompletedTask;
    }

    private static bool Add(SegmentIndex segments, string key, ScoreAccumulator accumulator)
    {
        var segment = segments.Find(key);
        if (segment < 0)
        {
            return false;
        }

        for (var i = segments.Starts[segment]; i < segments.Starts[segment + 1]; i++)
        {
            accumulator.Add(segments.Items[i], segments.Scores[i], -1);
        }

        return true;
    }
}
