using System.Text.RegularExpressions;
using Siskin.Cli;
using Siskin.Tests;

namespace Siskin.SystemTests.Documents;

/// <summary>Commands that stand in the documents name commands and options that there are.</summary>
public sealed partial class DocumentedOptionsTests
{
    private readonly Dictionary<string, string> _helps = new(StringComparer.Ordinal);

    [Fact]
    public async Task Every_command_line_in_the_documents_names_a_command_and_its_options()
    {
        var files = Directory.GetFiles(Repository.Root, "*.md").Concat(Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories));
        var lines = files.SelectMany(file => Blocks().Matches(File.ReadAllText(file)).SelectMany(block => Lines(block.Groups[1].Value)).Select(line => (File: Path.GetFileName(file), Line: line))).ToList();
        Assert.NotEmpty(lines);
        foreach (var (file, line) in lines)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var command = words[0].StartsWith('-') ? string.Empty : words[0];
            var help = await HelpAsync(command);
            if (command.Length > 0 && words.Length > 1 && Regex.IsMatch(help, @"Usage:\s+\S+ \S+ \[command\]"))
            {
                command += " " + words[1];
                help = await HelpAsync(command);
            }

            Assert.True(command.Length == 0 || Regex.IsMatch(help, $@"Usage:\s+\S+ {Regex.Escape(command)}(?![\w-])"), $"{file}: siskin {line}: there is no command '{command}'");
            foreach (var option in words.Where(word => word.StartsWith("--", StringComparison.Ordinal)).Select(word => word.Split('=')[0]))
            {
                Assert.True(Regex.IsMatch(help, $@"{Regex.Escape(option)}(?![\w-])"), $"{file}: siskin {line}: {command} has no option {option}");
            }
        }
    }

    private async Task<string> HelpAsync(string command)
    {
        if (!_helps.TryGetValue(command, out var help))
        {
            using var output = new StringWriter();
            await SiskinApp.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"], CliConsole.Of(output, output));
            _helps[command] = help = output.ToString();
        }

        return help;
    }

    /// <summary>What follows <c>siskin</c> on each line that runs it, continued lines joined.</summary>
    private static IEnumerable<string> Lines(string block) =>
        block.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
            .SelectMany(line => line.Split("&&"))
            .Select(line => Call().Match(line.Split(" #")[0]))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"^```sh\r?\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^\s*(?:\./siskin|siskin|dotnet run .*?src/Siskin\.Cli --)\s+(\S.*)$")]
    private static partial Regex Call();
}
