using System.CommandLine;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin model</c>: model files made anywhere.</summary>
internal static class ModelCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples) =>
        new("model", "Work with model files, made here or on another platform.")
        {
            ModelScoreCommand.Create(console, examples),
            ModelInspectCommand.Create(console, examples),
        };
}
