using System.Collections.Concurrent;
using Siskin.Data.Catalogue;

namespace Siskin.Serving.Snapshot;

/// <summary>Users as the catalogue has them, and what they did since the release.</summary>
/// <remarks>Shared by successive snapshots. Readers take no lock; writers are serialised by the caller.</remarks>
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

    internal User? Find(string id) => _users.GetValueOrDefault(id);

    internal UserActivity? ActivityOf(string id) => _activity.GetValueOrDefault(id);

    internal void Add(string user, ActivityEntry entry)
    {
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

    /// <summary>Forgets what releases from a position on have learned from.</summary>
    internal void ForgetBefore(long position)
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
