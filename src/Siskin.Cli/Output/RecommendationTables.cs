using System.Globalization;
using Siskin.Cli.Homes;
using Siskin.Serving.Pipeline;
using Spectre.Console;

namespace Siskin.Cli.Output;

/// <summary>Recommendations as tables for people.</summary>
internal static class RecommendationTables
{
    private const int RecentItems = 8;

    /// <summary>What a user did last, then what is recommended and why.</summary>
    /// <param name="console">Where to write.</param>
    /// <param name="live">Knows titles and the user's history.</param>
    /// <param name="response">An explained answer.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async Task WriteAsync(IAnsiConsole console, LiveHome live, RecommendationResponse response, CancellationToken cancellationToken)
    {
        if (response.User is { } user)
        {
            await WriteHistoryAsync(console, live, user, cancellationToken).ConfigureAwait(false);
        }

        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Recommended{(response.User is null ? string.Empty : $" to {response.User}")} (scene {response.Scene}, release {response.Release}, {response.Milliseconds:F1} ms):"));
        var table = EvaluationTables.NewTable("#");
        table.AddColumn("item");
        table.AddColumn("title");
        EvaluationTables.AddNumber(table, "score");
        table.AddColumn("channels");
        table.AddColumn("because of");
        for (var i = 0; i < response.Items.Count; i++)
        {
            var item = response.Items[i];
            var because = item.Trace?.Channels.Select(hit => hit.Because).FirstOrDefault(id => id is not null);
            table.AddRow(
                (i + 1).ToString(CultureInfo.InvariantCulture),
                Markup.Escape(item.Item),
                Markup.Escape(item.Title ?? string.Empty),
                item.Score.ToString("F4", CultureInfo.InvariantCulture),
                Markup.Escape(string.Join(", ", item.Channels)),
                Markup.Escape(because is null ? string.Empty : await live.TitleAsync(because, cancellationToken).ConfigureAwait(false) ?? because));
        }

        console.Write(table);
        foreach (var degradation in response.Degradations)
        {
            console.WriteLine($"Left out: {degradation.Source}: {degradation.Detail} ({degradation.Reason})");
        }
    }

    /// <summary>What each channel and each stage did.</summary>
    public static void WriteTrace(IAnsiConsole console, RequestTrace trace)
    {
        var channels = EvaluationTables.NewTable("channel");
        channels.AddColumn("outcome");
        EvaluationTables.AddNumber(channels, "ms", "quota", "found");
        channels.AddColumn("left out");
        foreach (var channel in trace.Channels)
        {
            channels.AddRow(
                Markup.Escape(channel.Name),
                Markup.Escape(channel.Reason is null ? $"{channel.Outcome}" : $"{channel.Outcome}: {channel.Reason}"),
                channel.Milliseconds.ToString("F2", CultureInfo.InvariantCulture),
                channel.Quota.ToString(CultureInfo.InvariantCulture),
                channel.Found.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(Dropped(channel.Dropped)));
        }

        console.Write(channels);
        var stages = EvaluationTables.NewTable("stage");
        EvaluationTables.AddNumber(stages, "ms", "in", "out");
        stages.AddColumn("left out");
        foreach (var stage in trace.Stages)
        {
            stages.AddRow(
                Markup.Escape(stage.Name),
                stage.Milliseconds.ToString("F2", CultureInfo.InvariantCulture),
                stage.In.ToString(CultureInfo.InvariantCulture),
                stage.Out.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(Dropped(stage.Dropped)));
        }

        console.Write(stages);
        foreach (var (name, value) in trace.Parameters)
        {
            console.WriteLine($"{name} = {value}");
        }
    }

    private static async Task WriteHistoryAsync(IAnsiConsole console, LiveHome live, string user, CancellationToken cancellationToken)
    {
        var recent = UserHistory.Recent(live, user, RecentItems);
        if (recent.Count == 0)
        {
            console.WriteLine($"{user} has no history.");
            return;
        }

        console.WriteLine($"What {user} did last:");
        var table = EvaluationTables.NewTable("when");
        table.AddColumn("item");
        table.AddColumn("title");
        table.AddColumn("opinion");
        foreach (var (time, item, note) in recent)
        {
            table.AddRow(
                time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                Markup.Escape(item),
                Markup.Escape(await live.TitleAsync(item, cancellationToken).ConfigureAwait(false) ?? string.Empty),
                note);
        }

        console.Write(table);
    }

    private static string Dropped(IReadOnlyDictionary<string, int> dropped) =>
        string.Join(", ", dropped.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Value} {entry.Key}")));
}
