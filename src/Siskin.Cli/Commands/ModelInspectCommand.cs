using System.CommandLine;
using Siskin.Inference.Pmml;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin model inspect</c>: what a model file is, and whether it does what it says of itself.</summary>
internal static class ModelInspectCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var file = new Argument<string>("file") { Description = "The PMML document." };
        var command = new Command("inspect", "Show the inputs and outputs of a model file, and check the rows that it holds for that.") { file };
        command.SetAction(async (parsed, _) =>
        {
            var model = PmmlModel.Load(parsed.GetRequiredValue(file));
            await console.Output.WriteLineAsync(model.ToString());
            await console.Output.WriteLineAsync($"inputs: {string.Join(", ", model.Inputs)}");
            await console.Output.WriteLineAsync($"outputs: {string.Join(", ", model.Outputs)}");
            var differences = model.Verify();
            foreach (var difference in differences)
            {
                await console.Error.WriteLineAsync($"siskin: {model.Path}, verification, {difference}");
            }

            return differences.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
        });
        examples[command] = ["siskin model inspect ranker.pmml"];
        return command;
    }
}
