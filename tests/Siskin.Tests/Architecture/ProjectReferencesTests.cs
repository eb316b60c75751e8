using System.Xml.Linq;

namespace Siskin.Tests.Architecture;

/// <summary>Holds the project files to the table of allowed references in docs/architecture.md.</summary>
public sealed class ProjectReferencesTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Vectors"] = [],
        ["Data"] = [],
        ["Storage"] = ["Data"],
        ["Models"] = ["Data", "Vectors"],
        ["Inference"] = ["Data", "Models", "Vectors"],
        ["Serving"] = ["Data", "Models", "Vectors"],
        ["Nearline"] = ["Data", "Models", "Serving", "Vectors"],
        ["Offline"] = ["Data", "Inference", "Models", "Serving", "Storage", "Vectors"],
        ["Server"] = ["Data", "Inference", "Models", "Nearline", "Serving", "Storage", "Vectors"],
        ["Cli"] = ["Data", "Inference", "Models", "Nearline", "Offline", "Server", "Serving", "Storage", "Vectors"],
    };

    public static TheoryData<string> Projects => [.. ProjectNames()];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_project_references_only_what_the_table_allows(string project)
    {
        Assert.True(Allowed.ContainsKey(project), $"Siskin.{project} is not in the table");
        var references = Load(project).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/'))["Siskin.".Length..])
            .ToArray();
        Assert.Empty(references.Except(Allowed[project]));
    }

    [Fact]
    public void The_document_has_the_same_table()
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs", "architecture.md"))
            .SkipWhile(line => line != "## Rooms")
            .SkipWhile(line => !line.StartsWith('|'))
            .TakeWhile(line => line.StartsWith('|'))
            .Skip(2)
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries));
        var documented = rows.Select(cells => $"{cells[1]}: {cells[2]}");
        var expected = Allowed.Select(a => $"{a.Key}: {(a.Value.Length == 0 ? "nothing" : string.Join(", ", a.Value))}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Only_the_server_and_the_executable_use_the_web_framework()
    {
        var users = ProjectNames().Where(p => Load(p).Descendants("FrameworkReference").Any()).Order().ToArray();
        Assert.Equal(["Cli", "Server"], users);
    }

    [Fact]
    public void Database_drivers_stay_in_storage()
    {
        var users = ProjectNames().Where(p => Packages(p).Any(n => n.Contains("Sqlite") || n == "Npgsql" || n == "StackExchange.Redis"));
        Assert.Equal(["Storage"], users);
    }

    [Fact]
    public void Protobuf_stays_in_inference()
    {
        var users = ProjectNames().Where(p => Packages(p).Contains("Google.Protobuf"));
        Assert.Equal(["Inference"], users);
    }

    [Fact]
    public void The_lowest_floor_references_no_project()
    {
        Assert.Empty(Load("Data").Descendants("ProjectReference"));
        Assert.Empty(Load("Vectors").Descendants("ProjectReference"));

        // Checksums of index files.
        Assert.Equal(["System.IO.Hashing"], Packages("Vectors"));
    }

    [Fact]
    public void Every_public_type_of_a_project_lives_in_its_namespace()
    {
        var misplaced = ProjectNames()
            .Where(p => p != "Cli")
            .Select(p => System.Reflection.Assembly.Load("Siskin." + p))
            .SelectMany(a => a.GetExportedTypes().Where(t => t.Namespace is { } n && !n.StartsWith(a.GetName().Name!, StringComparison.Ordinal)))
            .Where(t => !t.Namespace!.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.Empty(misplaced);
    }

    private static IEnumerable<string> ProjectNames() =>
        Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src")).Select(d => Path.GetFileName(d)["Siskin.".Length..]).Order(StringComparer.Ordinal);

    private static XDocument Load(string project) =>
        XDocument.Load(Path.Combine(Repository.Root, "src", "Siskin." + project, $"Siskin.{project}.csproj"));

    private static IEnumerable<string> Packages(string project) =>
        Load(project).Descendants("PackageReference").Select(p => p.Attribute("Include")!.Value);
}
