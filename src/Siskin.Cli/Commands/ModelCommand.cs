using System.CommandLine;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin model</c>: models made anywhere, and the registry that holds them.</summary>
internal static class ModelCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples) =>
        new("model", "Work with model files, made here or on another platform.")
        {
            ModelListCommand.Create(console, examples),
            ModelImportCommand.Create(console, examples),
            ModelPromoteCommand.Promote(console, examples),
            ModelPromoteCommand.RollBack(console, examples),
            ModelExportCommand.Create(console, examples),
            ModelScoreCommand.Create(console, examples),
            ModelInspectCommand.Create(console, examples),
        };
}
