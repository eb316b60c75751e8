using System.Globalization;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Recall;
using Siskin.Serving.Scenes;
using Siskin.Serving.Snapshot;

namespace Siskin.Tests.Serving.Scenes;

/// <summary>Holds the tables of docs/scenes.md to the scenes and parameters that there are.</summary>
public sealed class SceneDocumentTests
{
    private static readonly string[] Lines = LinesOf("scenes.md");
    private static readonly SceneBook Book = new(
        SceneDefinition.BuiltIn,
        new SceneParameterSet([.. RecallChannels.BuiltIn.Select(c => (c.Name, c.DefaultQuota, c.Description))]));

    [Fact]
    public void The_table_of_parameters_is_that_of_the_code()
    {
        var expected = Book.Parameters.Parameters.Select(RowOf);

        Assert.Equal(expected, TableAfter(Lines, "## Parameters"));
    }

    [Fact]
    public void The_table_of_scenes_is_that_of_the_code()
    {
        var expected = SceneDefinition.BuiltIn.Select(s => Row(Code(s.Name), s.Description, ChangedOf(Book.Get(s.Name))));

        Assert.Equal(expected, TableAfter(Lines, "## Built-in scenes"));
    }

    [Fact]
    public void A_recommender_has_the_parameters_that_are_described()
    {
        var recommender = new Recommender(new SnapshotHolder(new ServingSnapshot(Siskin.Serving.Releases.Release.Empty, new UserDirectory())));

        Assert.Equal(Book.Parameters.Parameters.Select(RowOf), recommender.Scenes.Parameters.Parameters.Select(RowOf));
    }

    [Fact]
    public void The_architecture_names_the_channels_with_their_quotas_in_order()
    {
        var rows = TableAfter(LinesOf("architecture.md"), "| channel | finds | default quota |").Select(row => row.Split('|', StringSplitOptions.TrimEntries));

        Assert.Equal(RecallChannels.BuiltIn.Select(c => (Code(c.Name), $"{c.DefaultQuota}")), rows.Select(cells => (cells[1], cells[3])));
    }

    private static string[] LinesOf(string document) => File.ReadAllLines(Path.Combine(Repository.Root, "docs", document));

    /// <summary>Rows of the first table below a heading, without its head.</summary>
    private static IEnumerable<string> TableAfter(string[] lines, string heading) => lines
        .SkipWhile(line => line != heading)
        .SkipWhile(line => !line.StartsWith('|'))
        .TakeWhile(line => line.StartsWith('|'))
        .Skip(2);

    private static string RowOf(SceneParameter p) => Row(
        Code(p.Name),
        p.Default.Length == 0 ? "empty" : Code(p.Default),
        p.Kind.ToString().ToLowerInvariant(),
        AllowedBy(p),
        p.Description);

    private static string AllowedBy(SceneParameter p) => p.Kind switch
    {
        SceneParameterKind.Boolean => "`false`, `true`",
        SceneParameterKind.Text => p.Choices is { } choices ? string.Join(", ", choices.Select(Code)) + (p.TakesModels ? ", a model" : string.Empty) : "text",
        _ => string.Create(CultureInfo.InvariantCulture, $"{p.Min} to {p.Max}"),
    };

    private static string ChangedOf(Scene scene) => scene.Changed.Count == 0
        ? "none"
        : string.Join(", ", scene.Changed.Select(c => $"{Code(c.Key)} = {Code(c.Value)}"));

    private static string Row(params string[] cells) => $"| {string.Join(" | ", cells)} |";

    private static string Code(string text) => $"`{text}`";
}
