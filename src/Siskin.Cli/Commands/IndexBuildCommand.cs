using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Siskin.Cli.Output;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin index build</c>: makes an index file of a file of vectors.</summary>
internal static class IndexBuildCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var vectors = IndexInputs.Base();
        var fileFormat = IndexInputs.FileFormat("--format", "--base");
        var recipeOptions = new IndexRecipeOptions("--threads");
        var output = new Option<string>("--out") { Description = "The index file to write; one that is there is replaced.", HelpName = "FILE", Required = true };
        var command = new Command("build", "Build an index and write it into a file.") { vectors, fileFormat, output };
        recipeOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (recipe, path) = (recipeOptions.Of(parsed), parsed.GetRequiredValue(output));
            IndexInputs.CheckOutput("--out", path);
            var line = await WorkDisplay.RunAsync(console, $"Building {recipe.Name}", display => Task.Run(
                () => Build(parsed.GetRequiredValue(vectors), parsed.GetRequiredValue(fileFormat), recipe, path, display, cancellationToken), cancellationToken));
            await console.Output.WriteLineAsync(line);
            return ExitCodes.Success;
        });
        examples[command] =
        [
            "siskin index build --base items.fvecs --metric cosine --index hnsw --quantize int8 --out items.index",
            "siskin index build --base vectors.txt --format word2vec --metric l2 --m 32 --ef-construction 400 --out words.index",
        ];
        return command;
    }

    private static string Build(string basePath, string fileFormat, IndexRecipe recipe, string path, WorkDisplay display, CancellationToken cancellationToken)
    {
        var rows = IndexInputs.Read(basePath, fileFormat, display, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        using var index = recipe.Build(rows, display, cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        display.Report($"writing {path}", 0);
        try
        {
            index.Save(path);
        }
        catch (NotSupportedException e)
        {
            throw new CliException($"--index {recipe.Kind.Name}: {e.Message}", ExitCodes.Usage, e);
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{path}: {recipe.Name}, {index.Count:N0} vectors of {index.Dimensions} numbers, {IndexInputs.NameOf(index.Metric)}, built in {seconds:F1} s, {new FileInfo(path).Length:N0} bytes");
    }
}
