using Siskin.Data.Events;

namespace Siskin.Tests.Data;

/// <summary>Events for tests.</summary>
internal static class SampleEvents
{
    public static readonly DateTimeOffset Time = new(2025, 5, 31, 8, 30, 15, 123, TimeSpan.Zero);

    public static Event Plain(string id) => new() { Id = id, Type = "click", User = "u", Item = "i", Time = Time };

    public static Event[] Many(string prefix, int count) => [.. Enumerable.Range(0, count).Select(i => Plain($"{prefix}{i}"))];

    public static Event Full(string id) => new()
    {
        Id = id,
        Type = "rating",
        User = "ü \U0001F9C0",
        Item = "\"item\"",
        Value = -0.1,
        Time = Time,
        Request = "r-1",
        Scene = "home",
    };

    public static async Task<List<string>> ReadIdsAsync(IEventLog log, long start = 0)
    {
        var ids = new List<string>();
        await foreach (var batch in log.ReadAsync(start))
        {
            ids.AddRange(batch.Events.Select(e => e.Id));
        }

        return ids;
    }
}
