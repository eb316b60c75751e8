using System.CommandLine;
using System.Globalization;
using System.Text;
using Siskin.Data.Datasets.Columns;
using Siskin.Inference.Pmml;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin model score</c>: rows of a CSV file through a model.</summary>
internal static class ModelScoreCommand
{
    // Told one by one on the error stream before they are only counted.
    private const int MostTold = 5;

    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var model = new Option<string>("--model") { Description = "The PMML document.", HelpName = "FILE", Required = true };
        var input = new Option<string>("--input") { Description = "CSV file with a header and a column for each input of the model; others are left out.", HelpName = "FILE", Required = true };
        var output = new Option<string>("--output") { Description = "CSV file to write: the predicted field and the outputs of the document, a row for each.", HelpName = "FILE", Required = true };
        var missing = new Option<string[]>("--missing") { Description = "Cells that stand for no value, besides empty ones.", HelpName = "TEXT", DefaultValueFactory = _ => ["N/A"] };
        var command = new Command("score", "Score the rows of a CSV file with a model.") { model, input, output, missing };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var loaded = PmmlModel.Load(parsed.GetRequiredValue(model));
            var rows = await CsvTable.ReadAsync(parsed.GetRequiredValue(input), new CsvColumns(), cancellationToken);
            await WriteAsync(console, loaded, rows, parsed.GetRequiredValue(input), parsed.GetRequiredValue(output), parsed.GetRequiredValue(missing).ToHashSet(StringComparer.Ordinal), cancellationToken);
            return ExitCodes.Success;
        });
        examples[command] = ["siskin model score --model ranker.pmml --input candidates.csv --output scores.csv"];
        return command;
    }

    private static async Task WriteAsync(CliConsole console, PmmlModel model, ColumnTable rows, string input, string output, HashSet<string> missing, CancellationToken cancellationToken)
    {
        var absent = model.Inputs.Where(name => !rows.Contains(name)).ToArray();
        if (absent.Length > 0)
        {
            throw CliException.Usage($"{input} has no column {string.Join(", ", absent.Select(name => $"'{name}'"))}; the model reads {string.Join(", ", model.Inputs)}");
        }

        var columns = model.Inputs.Select(rows.Texts).ToArray();
        var actual = model.PredictedField is { } target && rows.Contains(target) ? rows.Texts(target) : null;
        var (scorer, inputs, outputs, refused) = (model.CreateScorer(), new string?[columns.Length], new string?[model.Outputs.Count], 0);
        var part = output + ".part";
        await using (var writer = new StreamWriter(part, append: false, new UTF8Encoding(false)) { NewLine = "\n" })
        {
            await writer.WriteLineAsync(string.Join(',', model.Outputs.Select(Quoted)));
            for (var row = 0; row < rows.RowCount; row++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var i = 0; i < columns.Length; i++)
                {
                    inputs[i] = columns[i][row] is { Length: > 0 } cell && !missing.Contains(cell) ? cell : null;
                }

                scorer.Score(inputs, outputs, out var reason, actual?[row]);
                if (reason is not null && ++refused <= MostTold)
                {
                    await console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"siskin: {input}, row {row + 1}: {reason}; it has no score"));
                }

                await writer.WriteLineAsync(string.Join(',', outputs.Select(Quoted)));
            }
        }

        File.Move(part, output, overwrite: true);
        await console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{rows.RowCount:N0} rows scored by {model}{(refused > 0 ? $"; {refused:N0} without a score" : string.Empty)}"));
    }

    private static string Quoted(string? text) =>
        text is null ? string.Empty : text.AsSpan().ContainsAny(',', '"', '\n') || text.Contains('\r', StringComparison.Ordinal) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
