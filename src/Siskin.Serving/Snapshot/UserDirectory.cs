using System.Collections.Concurrent;
using Siskin.Data.Catalogue;
using Siskin.Serving.Releases;

namespace Siskin.Serving.Snapshot;

/// <summary>Users as the catalogue has them, and what they did since the release.</summary>
/// <remarks>
/// Shared by successive snapshots. Readers take no lock; writers are serialised by the caller.
/// Memory: 40 bytes an event and up to twice that, for at most the 4,096 newest events of a user, so at most 160 KiB a
/// user; about 500 bytes for a user with a single event. It grows with the users who come along until
/// <see cref="ForgetBefore"/>, that is until the second next release: training in good time is what bounds it.
/// </remarks>
public sealed class UserDirectory
{
    private readonly ConcurrentDictionary<string, User> _users = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, UserActivity> _activity = new(StringComparer.Ordinal);

    /// <summary>How many users have events since the release.</summary>
    public int ActiveUsers => _activity.Count;

    /// <summary>Adds users or replaces their state; deleted ones leave.</summary>
    public void Apply(IEnumerable<CatalogueChange<User>> changes)
    {
        foreach (var change in changes)
        {
            if (change.Value is { } user)
            {
                _users[change.Id] = user;
            }
            else
            {
                _users.TryRemove(change.Id, out _);
            }
        }
    }

    /// <summary>Ids of all users of the catalogue, then of all with events since the release; some come twice.</summary>
    internal IEnumerable<string> Ids => _users.Select(u => u.Key).Concat(_activity.Select(a => a.Key));

    internal User? Find(string id) => _users.GetValueOrDefault(id);

    internal UserActivity? ActivityOf(string id) => _activity.GetValueOrDefault(id);

    /// <summary>Adds an event to what a user did since the release.</summary>
    /// <param name="user">Id of the user.</param>
    /// <param name="itemKey"><see cref="ItemKey"/> of the item.</param>
    /// <param name="timeMs">When it happened, in milliseconds since 1970.</param>
    /// <param name="position">Position of its batch in the event log.</param>
    /// <param name="weight">Weight of the event, 0 or more.</param>
    /// <param name="flags">What it says of the item.</param>
    public void Add(string user, long itemKey, long timeMs, long position, float weight, HistoryFlags flags)
    {
        var entry = new ActivityEntry(itemKey, timeMs, position, weight, flags);
        if (!_activity.TryGetValue(user, out var activity))
        {
            activity = new UserActivity();
            activity.Append(entry);
            _activity[user] = activity;
        }
        else
        {
            activity.Append(entry);
        }
    }

    /// <summary>Adds what users did before all that is kept of them: for a release that has learned less.</summary>
    /// <param name="earlier">What was added to it goes before what is here, user by user; it is not to be used again.</param>
    public void AddEarlier(UserDirectory earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        foreach (var (user, activity) in earlier._activity)
        {
            if (!_activity.TryAdd(user, activity))
            {
                _activity[user].AddBefore(activity.Entries);
            }
        }
    }

    /// <summary>Forgets what releases from a position on have learned from.</summary>
    public void ForgetBefore(long position)
    {
        foreach (var (id, activity) in _activity)
        {
            if (!activity.ForgetBefore(position))
            {
                _activity.TryRemove(id, out _);
            }
        }
    }
}
