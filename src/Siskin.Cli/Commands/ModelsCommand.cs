using System.CommandLine;
using System.Text.Json;
using Siskin.Cli.Output;
using Siskin.Offline.Experiments;
using Spectre.Console;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin models</c>: the models that can be trained and judged by name.</summary>
internal static class ModelsCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var name = new Argument<string?>("MODEL") { Description = "Only this one, with its parameters and their defaults.", Arity = ArgumentArity.ZeroOrOne };
        var json = CommonOptions.Json();
        var command = new Command("models", "List the models that evaluate --model takes, with paper, parameters and defaults.") { name, json };
        command.SetAction(parsed =>
        {
            IReadOnlyList<ModelEntry> models = parsed.GetValue(name) is { } one ? [ModelCatalogue.Find(one)] : ModelCatalogue.All;
            if (parsed.GetValue(json))
            {
                console.Output.WriteLine(JsonSerializer.Serialize(models.Select(ModelDocument.Of).ToArray(), JsonText.Context.ModelDocumentArray));
                return ExitCodes.Success;
            }

            if (models.Count == 1)
            {
                Write(console, models[0]);
                return ExitCodes.Success;
            }

            var table = new Table().AddColumns("model", "kind", "paper", "parameters and defaults");
            foreach (var model in models)
            {
                table.AddRow(Markup.Escape(model.Name), ModelDocument.KindOf(model), Markup.Escape(model.Paper), Markup.Escape(string.Join(' ', model.Parameters.Select(parameter => $"{parameter.Key}={parameter.Value}"))));
            }

            console.Tables.Write(table);
            return ExitCodes.Success;
        });
        examples[command] = ["siskin models", "siskin models sasrec", "siskin models --json"];
        return command;
    }

    private static void Write(CliConsole console, ModelEntry model)
    {
        console.Output.WriteLine($"{model.Name} ({ModelDocument.KindOf(model)})");
        console.Output.WriteLine($"  {model.Paper}");
        var table = new Table().AddColumns("parameter", "default");
        foreach (var (name, value) in model.Parameters)
        {
            table.AddRow(Markup.Escape(name), Markup.Escape(value));
        }

        console.Tables.Write(table);
    }
}
