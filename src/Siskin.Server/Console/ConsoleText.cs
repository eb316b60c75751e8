using System.Globalization;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Releases;

namespace Siskin.Server.Console;

/// <summary>Puts traces into words.</summary>
internal static class ConsoleText
{
    /// <summary>Why an item is in the list, in a few words; the item that it is there because of is named by the caller.</summary>
    public static string Reason(string channel) => channel switch
    {
        "popular" => "Popular with everyone",
        "trending" => "Trending now",
        "newest" => "New in the catalogue",
        "segment" => "Popular with similar users",
        "top-rated-by-tag" => "Among the best of a tag you take to",
        "liked-tag" => "Has tags you liked",
        "item-to-item" => "Often taken together",
        "friends" => "Your friends took to it",
        "embedding" => "Fits your taste as a whole",
        "pinned" => "Pinned to this place",
        _ => "Found by " + channel,
    };

    public static string Stage(string stage) => stage switch
    {
        "recall" => "Recall",
        "merge" => "Merge",
        "filter" => "Filter",
        "preRank" => "Pre-rank",
        "rank" => "Rank",
        "reRank" => "Re-rank",
        _ => stage,
    };

    public static string StageHint(string stage) => stage switch
    {
        "recall" => "channels look for candidates",
        "merge" => "finds of all channels in one list",
        "filter" => "what may be shown",
        "preRank" => "a cheap score keeps the best",
        "rank" => "the model scores each candidate",
        "reRank" => "boosts, pins, diversity",
        _ => string.Empty,
    };

    public static string Dropped(string reason) => reason switch
    {
        "duplicate" => "found by more than one channel",
        "seen" => "taken before",
        "unavailable" => "not available",
        "filter" => "not allowed by the filter",
        "quota" => "beyond what is kept",
        _ => reason,
    };

    public static string Outcome(ChannelOutcome outcome) => outcome switch
    {
        ChannelOutcome.Answered => "answered",
        ChannelOutcome.Skipped => "skipped",
        ChannelOutcome.Late => "late",
        _ => "failed",
    };

    public static string Degraded(DegradationReason reason) => reason switch
    {
        DegradationReason.ChannelLate => "was late and left out",
        DegradationReason.ChannelFailed => "failed and was left out",
        DegradationReason.StageLate => "had no time left",
        _ => "failed",
    };

    /// <summary>What a user's events say of an item.</summary>
    public static string Opinion(HistoryFlags flags) => flags switch
    {
        _ when (flags & HistoryFlags.Liked) != 0 => "liked",
        _ when (flags & HistoryFlags.Disliked) != 0 => "not for them",
        _ when (flags & HistoryFlags.Consumed) != 0 => "taken",
        _ => "noticed",
    };

    /// <summary>The hit that says most: one that names an item of the history before others, then the best place.</summary>
    public static ChannelHit? MainHit(IReadOnlyList<ChannelHit> hits) => hits.FirstOrDefault(h => h.Because is not null) ?? hits.FirstOrDefault();

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Number(double number) => number switch
    {
        0 => "0",
        _ when Math.Abs(number) is >= 0.001 and < 10_000 => number.ToString("0.###", CultureInfo.InvariantCulture),
        _ => number.ToString("0.##e+0", CultureInfo.InvariantCulture),
    };

    /// <summary>Scores of a list stand below each other: with the same number of places where they can.</summary>
    public static string Score(double score) => Math.Abs(score) switch
    {
        >= 0.001 and < 1_000 => score.ToString("0.000", CultureInfo.InvariantCulture),
        >= 0.00001 and < 0.001 => score.ToString("0.000000", CultureInfo.InvariantCulture),
        _ => Number(score),
    };

    public static string Milliseconds(double milliseconds) =>
        milliseconds.ToString(milliseconds < 10 ? "0.00" : "0", CultureInfo.InvariantCulture) + " ms";

    /// <summary>A share of a whole as an attribute of SVG.</summary>
    public static string Percent(double part, double whole) =>
        (whole > 0 ? Math.Clamp(100 * part / whole, 0, 100) : 0).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    public static string Ago(DateTimeOffset time, DateTimeOffset now)
    {
        var passed = now - time;
        return passed switch
        {
            _ when passed < TimeSpan.FromMinutes(1) && passed > TimeSpan.FromMinutes(-1) => "just now",
            _ when passed < TimeSpan.Zero => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            _ when passed < TimeSpan.FromHours(1) => Units(passed.TotalMinutes, "minute"),
            _ when passed < TimeSpan.FromDays(1) => Units(passed.TotalHours, "hour"),
            _ when passed < TimeSpan.FromDays(30) => Units(passed.TotalDays, "day"),
            _ => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        };
    }

    private static string Units(double count, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)count} {unit}{((int)count == 1 ? string.Empty : "s")} ago");
}
