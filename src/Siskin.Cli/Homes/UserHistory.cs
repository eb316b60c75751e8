using Siskin.Data.Events;
using Siskin.Serving.Releases;

namespace Siskin.Cli.Homes;

/// <summary>What a user did last.</summary>
internal static class UserHistory
{
    /// <summary>A user's newest items, newest first, each once.</summary>
    /// <param name="live">The release and the events since.</param>
    /// <param name="user">Id of the user.</param>
    /// <param name="count">How many at the most.</param>
    public static IReadOnlyList<(DateTimeOffset Time, string Item, string Note)> Recent(LiveHome live, string user, int count)
    {
        var last = new Dictionary<string, (DateTimeOffset Time, string Item, string Note)>(StringComparer.Ordinal);
        var release = live.Release;
        var row = 0;
        while (row < release.Users.Ids.Count && release.Users.Ids[row] != user)
        {
            row++;
        }

        if (row < release.Users.Ids.Count)
        {
            var histories = release.Histories;
            for (var i = histories.Starts[row]; i < histories.Starts[row + 1]; i++)
            {
                var item = release.Items[histories.Items[i]].Id;
                last[item] = (DateTimeOffset.FromUnixTimeMilliseconds(histories.TimesMs[i]), item, NoteOf(histories.Flags[i]));
            }
        }

        foreach (var e in live.EventsSince)
        {
            if (e.User == user && EventValidator.FindType(release.Schema, e.Type) is { IsConsumption: true } type)
            {
                last[e.Item] = (e.Time, e.Item, NoteOf(EventMeaning.FlagsOf(type, e.Value)));
            }
        }

        return [.. last.Values.OrderByDescending(entry => entry.Time).ThenBy(entry => entry.Item, StringComparer.Ordinal).Take(count)];
    }

    private static string NoteOf(HistoryFlags flags) =>
        flags.HasFlag(HistoryFlags.Liked) ? "liked"
        : flags.HasFlag(HistoryFlags.Disliked) ? "disliked"
        : string.Empty;
}
