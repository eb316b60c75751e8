using Siskin.Data.Catalogue;
using Siskin.Serving.Releases;

namespace Siskin.Serving.Snapshot;

/// <summary>Reads for people who look at the system; not for the request path.</summary>
public sealed partial class ServingSnapshot
{
    /// <summary>The item of an id, deleted ones included; null when there is none.</summary>
    public Item? FindItem(string id) => Items.TryGetRow(id, out var row) ? Items[row].Item : null;

    /// <summary>What a user did, one entry an item, newest first: what requests of the user go by.</summary>
    /// <param name="user">Id of the user; one never heard of has no history.</param>
    /// <param name="count">How many entries at the most.</param>
    /// <remarks>The order is that of the last event on each item as it arrived. Costs a walk over the user's whole history.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public IReadOnlyList<HistoryEntry> HistoryOf(string user, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var entries = new List<HistoryEntry>();
        var places = new Dictionary<int, int>();
        if (Users.ActivityOf(user) is { } activity)
        {
            var live = activity.Entries;
            for (var i = live.Length - 1; i >= 0; i--)
            {
                if (live[i].Position >= Release.Manifest.EventPosition && Items.TryGetRow(live[i].ItemKey, out var row))
                {
                    AddEarlier(row, live[i].TimeMs, live[i].Flags, isLive: true);
                }
            }
        }

        if (UserRow(user) is >= 0 and var known)
        {
            var histories = Release.Histories;
            for (var i = histories.Starts[known + 1] - 1; i >= histories.Starts[known]; i--)
            {
                AddEarlier(histories.Items[i], histories.TimesMs[i], histories.Flags[i], isLive: false);
            }
        }

        return entries.Count <= count ? entries : entries[..count];

        void AddEarlier(int row, long timeMs, HistoryFlags flags, bool isLive)
        {
            if (places.TryGetValue(row, out var place))
            {
                entries[place] = entries[place] with { Flags = EventMeaning.Merge(flags, entries[place].Flags) };
                return;
            }

            places.Add(row, entries.Count);
            entries.Add(new HistoryEntry(Items[row].Item, DateTimeOffset.FromUnixTimeMilliseconds(timeMs), flags, isLive));
        }
    }

    /// <summary>Users whose id starts with a prefix, in any case of letters, in <see cref="IdOrder"/>.</summary>
    /// <param name="prefix">Start of the id; empty for any.</param>
    /// <param name="limit">How many at the most.</param>
    /// <remarks>Users of the release, of the catalogue, and with events since the release. Costs a walk over all of them.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative.</exception>
    public IReadOnlyList<string> FindUsers(string prefix, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var first = new SortedSet<string>(IdOrder.Instance);
        foreach (var id in Release.Users.Ids.Concat(Users.Ids))
        {
            if (id.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
                && (first.Count < limit || (limit > 0 && IdOrder.Instance.Compare(id, first.Max) < 0))
                && first.Add(id)
                && first.Count > limit)
            {
                first.Remove(first.Max!);
            }
        }

        return [.. first];
    }

    /// <summary>Any user: one of the release, all alike; without a release one of the catalogue or with events.</summary>
    /// <param name="random">Chooses.</param>
    /// <returns>Null when no user is known.</returns>
    public string? RandomUser(Random random)
    {
        if (Release.Users.Ids is { Count: > 0 } known)
        {
            return known[random.Next(known.Count)];
        }

        // Reservoir of one: the k-th user met replaces the choice with probability 1/k.
        string? chosen = null;
        var met = 0;
        foreach (var id in Users.Ids)
        {
            chosen = random.Next(++met) == 0 ? id : chosen;
        }

        return chosen;
    }
}
