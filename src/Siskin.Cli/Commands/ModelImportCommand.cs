using System.CommandLine;
using System.Globalization;
using Siskin.Cli.Homes;
using Siskin.Inference.Registry;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin model import</c>: takes a model made anywhere into the registry.</summary>
internal static class ModelImportCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var source = new Argument<string>("source") { Description = "A file (.onnx, .pmml, remote.json, lists.jsonl), or a folder with all files of the model." };
        var name = new Option<string>("--name") { Description = "Name of the model.", HelpName = "NAME", Required = true };
        var home = CommonOptions.Home();
        var features = new Option<string?>("--features") { Description = "features.json: what the model's inputs are filled with when it ranks.", HelpName = "FILE" };
        var version = new Option<long?>("--version") { Description = "Its version; the next number when it is not given.", HelpName = "N" };
        var parent = new Option<string?>("--parent") { Description = "The model that it was made from, as NAME@VERSION.", HelpName = "NAME@VERSION" };
        var label = new Option<string?>("--label") { Description = "A label for the version, such as stable.", HelpName = "LABEL" };
        var command = new Command("import", "Take a model into the registry; one that cannot be used is refused.") { source, name, home, features, version, parent, label };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (registry, control) = new SiskinHome(parsed.GetRequiredValue(home)).OpenModels();
            await using var closing = control;
            var path = parsed.GetRequiredValue(source);
            var folder = parsed.GetValue(features) is { } mapping ? Beside(path, mapping) : null;
            try
            {
                var number = await ModelErrors.Translate(registry.ImportAsync(
                    parsed.GetRequiredValue(name), folder ?? path, new ModelDescription { Source = Path.GetFileName(Path.GetFullPath(path)), Parent = parsed.GetValue(parent) }, parsed.GetValue(version), cancellationToken));
                if (parsed.GetValue(label) is { } text)
                {
                    await registry.PromoteAsync(parsed.GetRequiredValue(name), number, text, cancellationToken);
                }

                await console.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{parsed.GetRequiredValue(name)}@{number} at {registry.PathOf(parsed.GetRequiredValue(name), number)}"));
                return ExitCodes.Success;
            }
            finally
            {
                if (folder is not null)
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
        });
        examples[command] = ["siskin model import ranker.onnx --name for-you --features features.json", "siskin model import ranker.pmml --name for-you --label canary"];
        return command;
    }

    // A file and its mapping as the folder that the registry takes.
    private static string Beside(string source, string mapping)
    {
        if (!File.Exists(source))
        {
            throw new CliException($"--features goes with a model in one file; '{source}' is not a file");
        }

        var folder = Directory.CreateTempSubdirectory("siskin-model-").FullName;
        File.Copy(source, Path.Combine(folder, ModelRegistry.NameInRegistry(source)));
        File.Copy(mapping, Path.Combine(folder, "features.json"));
        return folder;
    }
}
