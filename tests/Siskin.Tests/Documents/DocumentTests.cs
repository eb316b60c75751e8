using System.CommandLine;
using System.Text.RegularExpressions;
using Siskin.Cli;
using Siskin.Data.Datasets;

namespace Siskin.Tests.Documents;

/// <summary>Links lead somewhere, commands are understood, and the two READMEs say the same.</summary>
public sealed partial class DocumentTests
{
    private static readonly RepositoryDocument[] Documents = [.. RepositoryDocument.All()];
    private static readonly RepositoryDocument English = RepositoryDocument.Of("README.md");
    private static readonly RepositoryDocument Chinese = RepositoryDocument.Of("README.zh-CN.md");

    public static TheoryData<string> Paths => [.. Documents.Select(d => d.Path)];

    /// <summary>Each <c>./siskin</c> command of the documents.</summary>
    public static TheoryData<string> SiskinCommands => [.. Documents.SelectMany(d => d.Commands).Select(ArgumentsOf).OfType<string>().Distinct()];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_link_inside_of_the_repository_leads_to_a_file_and_its_heading(string path)
    {
        var document = RepositoryDocument.Of(path);
        var broken = document.Links.Where(link => !IsOutside(link) && !Leads(document, link)).ToArray();

        Assert.Empty(broken);
    }

    [Fact]
    public void Documents_are_found_and_have_links()
    {
        Assert.Superset(new HashSet<string> { "README.md", "README.zh-CN.md", "docs/api.md", "docs/scenes.md" }, Documents.Select(d => d.Path).ToHashSet());
        Assert.True(English.Links.Count() > 10);
        Assert.Contains("docs/images/console.png", English.Links);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void No_document_names_a_path_outside_of_the_repository_but_the_shared_data(string path)
    {
        var foreign = OutsidePath().Matches(RepositoryDocument.Of(path).Text)
            .Select(m => m.Value)
            .Where(name => !name.StartsWith("../shared/data", StringComparison.Ordinal) && !IsAllowedHere(path, name))
            .ToArray();

        Assert.Empty(foreign);
    }

    [Fact]
    public void The_two_readmes_have_the_same_headings_and_blocks_and_link_to_each_other()
    {
        Assert.Equal(English.HeadingLevels, Chinese.HeadingLevels);
        Assert.Equal(English.Blocks, Chinese.Blocks);
        Assert.Equal(English.Links.Where(link => !link.StartsWith("README", StringComparison.Ordinal)), Chinese.Links.Where(link => !link.StartsWith("README", StringComparison.Ordinal)));
        Assert.Contains("README.zh-CN.md", English.Links);
        Assert.Contains("README.md", Chinese.Links);
    }

    [Theory]
    [MemberData(nameof(SiskinCommands))]
    public void Every_siskin_command_of_the_documents_is_understood(string arguments)
    {
        var console = CliConsole.Of(TextWriter.Null, TextWriter.Null);
        var parsed = SiskinApp.Root(console, new Option<bool>("--verbose") { Recursive = true }).Parse(arguments);

        Assert.Empty(parsed.Errors);
        Assert.NotSame(parsed.RootCommandResult, parsed.CommandResult);
    }

    [Fact]
    public void Commands_are_found_in_both_forms()
    {
        var commands = English.Commands.Select(ArgumentsOf).OfType<string>().ToArray();

        Assert.Contains("demo", commands);
        Assert.Contains("recommend --user 42 --explain", commands);
        Assert.True(commands.Count(c => c == "demo") == 2, "the demo should stand there by ./siskin and by dotnet run");
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    public void The_readme_names_every_format_of_data_sets(string path)
    {
        var text = RepositoryDocument.Of(path).Prose;

        Assert.All(DatasetFormats.Names, name => Assert.Contains($"`{name}`", text, StringComparison.Ordinal));
    }

    /// <summary>What a line gives to siskin, by whichever way it is called; null for other commands.</summary>
    private static string? ArgumentsOf(string line)
    {
        var match = SiskinCall().Match(line);
        return match.Success ? match.Groups["arguments"].Value : null;
    }

    private static bool IsOutside(string link) => link.Contains("://", StringComparison.Ordinal);

    private static bool Leads(RepositoryDocument document, string link)
    {
        var parts = link.Split('#');
        var folder = Path.GetDirectoryName(document.Path)!;
        var target = parts[0].Length == 0 ? document.Path : Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, folder, parts[0])));
        var full = Path.Combine(Repository.Root, target);
        return !target.StartsWith("..", StringComparison.Ordinal)
            && (File.Exists(full) || Directory.Exists(full))
            && (parts.Length == 1 || RepositoryDocument.Of(target).Anchors.Contains(parts[1]));
    }

    /// <summary>What is not a path of this machine: links of documents in folders, output of the demo, routes, an interpreter.</summary>
    private static bool IsAllowedHere(string path, string name) =>
        (path.StartsWith("docs/", StringComparison.Ordinal) && name.StartsWith("../", StringComparison.Ordinal) && Leads(RepositoryDocument.Of(path), name))
        || name.StartsWith("/tmp/siskin-demo", StringComparison.Ordinal)
        || name == "/usr/bin/python3";

    [GeneratedRegex(@"^(\./siskin|dotnet run -c Release --project src/Siskin\.Cli --) (?<arguments>.+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex SiskinCall();

    [GeneratedRegex(@"(?<![\w./])(\.\./[\w./-]+|/(tmp|home|root|work|usr|etc|var|opt|mnt|Users)/[\w./-]+|~/[\w./-]+|[A-Z]:\\[\w\\.-]+)")]
    private static partial Regex OutsidePath();
}
