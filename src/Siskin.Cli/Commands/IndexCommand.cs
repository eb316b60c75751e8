using System.CommandLine;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin index</c>: vector indexes by themselves, from files of vectors.</summary>
internal static class IndexCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples) =>
        new("index", "Work with vector indexes by themselves, from files of vectors.")
        {
            IndexBuildCommand.Create(console, examples),
            IndexSearchCommand.Create(console, examples),
            IndexBenchCommand.Create(console, examples),
            IndexVerifyCommand.Create(console, examples),
            IndexAdviseCommand.Create(console, examples),
        };
}
