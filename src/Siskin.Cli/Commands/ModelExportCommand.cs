using System.CommandLine;
using System.Globalization;
using Siskin.Cli.Homes;
using Siskin.Inference.Native;
using Siskin.Inference.Onnx;
using Siskin.Models.Scoring;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin model export</c>: a version's files for another platform.</summary>
internal static class ModelExportCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var model = ModelPromoteCommand.Model("The version: NAME@VERSION, NAME:LABEL, or NAME for the stable one, or else the newest.");
        var home = CommonOptions.Home();
        var output = new Option<string>("--output") { Description = "A folder, which must not be there yet; with --format onnx, a file.", HelpName = "PATH", Required = true };
        var format = CommonOptions.OneOf("--format", "files", "files: as they are; onnx: a graph trained here as an ONNX file.", "files", "onnx");
        var command = new Command("export", "Write a version of a model for another platform.") { model, home, output, format };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (registry, control) = new SiskinHome(parsed.GetRequiredValue(home)).OpenModels();
            await using var closing = control;
            ModelReference reference = parsed.GetRequiredValue(model);
            var version = await ModelErrors.Translate(registry.ResolveAsync(reference, cancellationToken));
            var (folder, target) = (registry.PathOf(reference.Name, version), parsed.GetRequiredValue(output));
            if (parsed.GetRequiredValue(format) == "onnx")
            {
                WriteOnnx(folder, target);
            }
            else
            {
                CopyFolder(folder, target);
            }

            await console.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{reference.Name}@{version} written to {target}"));
            return ExitCodes.Success;
        });
        examples[command] = ["siskin model export for-you@3 --output for-you-3", "siskin model export for-you --format onnx --output ranker.onnx"];
        return command;
    }

    private static void WriteOnnx(string folder, string path)
    {
        if (!File.Exists(Path.Combine(folder, GraphDescription.FileName)))
        {
            throw new CliException($"{folder} holds no graph trained here, which is what becomes an ONNX file; --format files copies what there is");
        }

        using var graph = GraphDescription.Read(folder);
        OnnxExporter.Write(graph, path);
    }

    private static void CopyFolder(string folder, string target)
    {
        if (Directory.Exists(target) || File.Exists(target))
        {
            throw new CliException($"'{target}' is there already");
        }

        var part = target + ".part";
        if (Directory.Exists(part))
        {
            Directory.Delete(part, recursive: true);
        }

        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(part, Path.GetRelativePath(folder, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }

        Directory.Move(part, target);
    }
}
