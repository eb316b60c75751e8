using System.Text.RegularExpressions;

namespace Siskin.Tests.Documents;

/// <summary>A Markdown file of the repository.</summary>
internal sealed partial class RepositoryDocument
{
    private RepositoryDocument(string path)
    {
        Path = path;
        Text = File.ReadAllText(System.IO.Path.Combine(Repository.Root, path)).ReplaceLineEndings("\n");
        Blocks = [.. Fence().Matches(Text).Select(m => (m.Groups["language"].Value, m.Groups["text"].Value))];
        Prose = Fence().Replace(Text, string.Empty);
    }

    /// <summary>Where it is, from the repository's root, with slashes.</summary>
    public string Path { get; }

    public string Text { get; }

    /// <summary>Code blocks: what they are written in, and what they hold.</summary>
    public IReadOnlyList<(string Language, string Text)> Blocks { get; }

    /// <summary>The text without its code blocks.</summary>
    public string Prose { get; }

    /// <summary>Levels of the headings, in order: 1 for the title.</summary>
    public IReadOnlyList<int> HeadingLevels => [.. Heading().Matches(Prose).Select(m => m.Groups["marks"].Length)];

    /// <summary>Names that links to headings of this document use.</summary>
    public IReadOnlySet<string> Anchors => Heading().Matches(Prose).Select(m => AnchorOf(m.Groups["title"].Value)).ToHashSet();

    /// <summary>Targets of links and images.</summary>
    public IEnumerable<string> Links => Link().Matches(Prose).Select(m => m.Groups["target"].Value);

    /// <summary>Lines of shell blocks, those that go on behind a backslash joined.</summary>
    public IEnumerable<string> Commands => Blocks
        .Where(b => b.Language == "sh")
        .SelectMany(b => b.Text.Replace("\\\n", " ").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>All documents: those of the root and of docs.</summary>
    public static IReadOnlyList<RepositoryDocument> All() =>
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(Directory.EnumerateFiles(System.IO.Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(path => Of(System.IO.Path.GetRelativePath(Repository.Root, path).Replace('\\', '/')))
            .OrderBy(document => document.Path, StringComparer.Ordinal),
    ];

    /// <summary>One document.</summary>
    public static RepositoryDocument Of(string path) => new(path);

    private static string AnchorOf(string title) =>
        string.Concat(title.ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-');

    [GeneratedRegex(@"^```(?<language>\S*)[^\n]*\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^(?<marks>#{1,6}) (?<title>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();
}
