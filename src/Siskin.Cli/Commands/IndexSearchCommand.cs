using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Siskin.Cli.Output;
using Siskin.Vectors;
using Siskin.Vectors.Files;
using Spectre.Console;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin index search</c>: asks an index file.</summary>
internal static class IndexSearchCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var file = new Option<string>("--index-file") { Description = "The index file.", HelpName = "FILE", Required = true };
        var query = new Option<string?>("--query") { Description = "One query: its numbers, separated by commas.", HelpName = "X,Y,…" };
        var queries = new Option<string?>("--queries") { Description = "A file of queries, in any format that --base of build may have.", HelpName = "FILE" };
        var fileFormat = IndexInputs.FileFormat("--format", "--queries");
        var k = CommonOptions.Ranged("--k", 10, 1, 100_000, "How many nearest vectors.");
        var ef = CommonOptions.Ranged("--ef", 0, 0, 100_000, "How hard to look; 0 for what the index was built with.");
        var json = CommonOptions.Json();
        var command = new Command("search", "Search in an index file.") { file, query, queries, fileFormat, k, ef, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(query) is null == result.GetValue(queries) is null)
            {
                result.AddError("one of --query and --queries is needed");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var typed = parsed.GetValue(query) is { } text ? IndexInputs.ParseQuery(text) : null;
            var document = await WorkDisplay.RunAsync(console, $"Searching {parsed.GetRequiredValue(file)}", display => Task.Run(
                () =>
                {
                    using var index = VectorIndexes.Open(parsed.GetRequiredValue(file));
                    var asked = Queries(parsed.GetRequiredValue(file), index.Dimensions, typed, parsed.GetValue(queries), parsed.GetRequiredValue(fileFormat), display, cancellationToken);
                    return Search(index, asked, parsed.GetValue(k), parsed.GetValue(ef), cancellationToken);
                },
                cancellationToken));
            if (parsed.GetValue(json))
            {
                await console.Output.WriteLineAsync(JsonSerializer.Serialize(document, JsonText.Context.IndexSearchDocument));
            }
            else
            {
                WriteTable(console, document);
            }

            return ExitCodes.Success;
        });
        examples[command] =
        [
            "siskin index search --index-file items.index --query \"0.1,0.2,0.3\" --k 5",
            "siskin index search --index-file items.index --queries asked.npy --k 10 --ef 128 --json",
        ];
        return command;
    }

    private static VectorSet Queries(
        string indexPath, int dimensions, float[]? typed, string? path, string fileFormat, WorkDisplay display, CancellationToken cancellationToken)
    {
        if (typed is not null)
        {
            return typed.Length == dimensions
                ? new VectorSet(typed, dimensions)
                : throw CliException.Usage(string.Create(CultureInfo.InvariantCulture, $"--query has {typed.Length} numbers; the vectors of {indexPath} have {dimensions}"));
        }

        var queries = IndexInputs.Read(path!, fileFormat, display, cancellationToken);
        IndexInputs.CheckDimensions(path!, queries.Dimensions, indexPath, dimensions);
        return queries;
    }

    private static IndexSearchDocument Search(IVectorIndex index, VectorSet queries, int k, int effort, CancellationToken cancellationToken)
    {
        var (ids, scores) = (new int[k], new float[k]);
        var answers = new List<IndexAnswer>(queries.Count);
        for (var query = 0; query < queries.Count; query++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var found = index.Search(queries[query], ids, scores, new SearchOptions { Effort = effort });
            answers.Add(new(query, [.. ids.Take(found).Zip(scores, (id, score) => new IndexNeighbour(id, score))]));
        }

        return new(IndexInputs.NameOf(index.Metric), k, answers);
    }

    private static void WriteTable(CliConsole console, IndexSearchDocument document)
    {
        var table = EvaluationTables.NewTable("query");

        // The score of L2 is the squared distance with its sign turned.
        EvaluationTables.AddNumber(table, "rank", "id", document.Metric switch { "l2" => "squared distance", "ip" => "inner product", _ => document.Metric });
        foreach (var answer in document.Results)
        {
            for (var rank = 0; rank < answer.Neighbours.Count; rank++)
            {
                var (id, score) = answer.Neighbours[rank];
                table.AddRow(
                    answer.Query.ToString(CultureInfo.InvariantCulture),
                    (rank + 1).ToString(CultureInfo.InvariantCulture),
                    id.ToString(CultureInfo.InvariantCulture),
                    (document.Metric == "l2" ? 0 - score : score).ToString("G6", CultureInfo.InvariantCulture));
            }
        }

        console.Tables.Write(table);
    }
}
