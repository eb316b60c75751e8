using Siskin.Serving.Candidates;
using Siskin.Serving.Releases;

namespace Siskin.Serving.Recall;

/// <summary>What the user's friends took to; what they said they like counts double.</summary>
internal sealed class FriendsChannel : IRecallChannel
{
    private const int MostFriends = 200;
    private const int MostItems = 100;

    public string Name => "friends";

    public string Description => "What the user's friends took to; what they said they like counts double.";

    public int DefaultQuota => 60;

    public bool IsInline => true;

    public ValueTask RecallAsync(RecallContext context, ChannelLease lease, CancellationToken cancellationToken)
    {
        var snapshot = context.Snapshot;
        if (context.Request.User is not { } id || snapshot.Users.Find(id) is not { Friends.Count: > 0 } user)
        {
            lease.SkipReason = "the user has no friends here";
            return ValueTask.CompletedTask;
        }

        var accumulator = ScoreAccumulator.Rent();
        for (var f = 0; f < user.Friends.Count && f < MostFriends; f++)
        {
            AddHistory(context, user.Friends[f], accumulator);
            AddActivity(context, user.Friends[f], accumulator);
        }

        accumulator.OfferBest(lease, context.Filter);
        accumulator.Return();
        return ValueTask.CompletedTask;
    }

    private static float Weight(HistoryFlags flags) => (flags & HistoryFlags.Liked) != 0 ? 2 : 1;

    private static void AddHistory(RecallContext context, string friend, ScoreAccumulator accumulator)
    {
        var row = context.Snapshot.UserRow(friend);
        if (row < 0)
        {
            return;
        }

        // Each friend has the same say however long the history: the newest items, weights divided by √n.
        var histories = context.Snapshot.Release.Histories;
        var (from, to) = (histories.Starts[row], histories.Starts[row + 1]);
        from = Math.Max(from, to - MostItems);
        var share = 1 / MathF.Sqrt(Math.Max(1, to - from));
        for (var i = from; i < to; i++)
        {
            if (histories.Weights[i] > 0 && (histories.Flags[i] & HistoryFlags.Disliked) == 0)
            {
                accumulator.Add(histories.Items[i], Weight(histories.Flags[i]) * share, -1);
            }
        }
    }

    private static void AddActivity(RecallContext context, string friend, ScoreAccumulator accumulator)
    {
        if (context.Snapshot.Users.ActivityOf(friend) is not { } activity)
        {
            return;
        }

        var entries = activity.Entries;
        entries = entries[Math.Max(0, entries.Length - MostItems)..];
        var share = 1 / MathF.Sqrt(Math.Max(1, entries.Length));
        foreach (ref readonly var entry in entries)
        {
            if (entry.Weight > 0
                && entry.Position >= context.Snapshot.Release.Manifest.EventPosition
                && context.Snapshot.Items.TryGetRow(entry.ItemKey, out var item))
            {
                accumulator.Add(item, Weight(entry.Flags) * share, -1);
            }
        }
    }
}
