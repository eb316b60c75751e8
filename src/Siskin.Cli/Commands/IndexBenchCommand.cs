using System.CommandLine;
using System.Text;
using System.Text.Json;
using Siskin.Cli.Output;
using Siskin.Vectors.Measurement;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin index bench</c>: recall, speed and memory of an index.</summary>
internal static class IndexBenchCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var vectors = IndexInputs.Base();
        var queries = new Option<string>("--queries") { Description = "The queries, like those that will be asked.", HelpName = "FILE", Required = true };
        var fileFormat = IndexInputs.FileFormat("--format", "--base");
        var queriesFormat = IndexInputs.FileFormat("--queries-format", "--queries");
        var recipeOptions = new IndexRecipeOptions("--build-threads");
        var k = CommonOptions.Ranged("--k", 10, 1, 10_000, "How many nearest vectors.");
        var threads = CommonOptions.Ranged("--threads", 1, 1, 1024, "Threads that search at the same time, each one query after the other.");
        var efforts = CommonOptions.List("--ef", "32,64,…", "Search settings to measure: ef of HNSW, probes of LSH and scan.");
        var indexFile = new Option<string?>("--index-file") { Description = "Measure this saved index of the base vectors instead of building one.", HelpName = "FILE" };
        var queryCount = CommonOptions.Ranged("--query-count", 0, 0, int.MaxValue, "Only the first so many queries; 0 for all.");
        var truth = new Option<string?>("--truth") { Description = "The true neighbours, as row numbers in an .ivecs file, instead of computing them.", HelpName = "FILE" };
        var svg = new Option<string?>("--svg") { Description = "Draw recall against speed into this file.", HelpName = "FILE" };
        var json = CommonOptions.Json();
        var command = new Command("bench", "Measure recall, speed and memory of an index over a range of search settings.") { vectors, queries, fileFormat, queriesFormat };
        recipeOptions.AddTo(command);
        foreach (var option in (Option[])[k, threads, efforts, indexFile, queryCount, truth, svg, json])
        {
            command.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var recipe = recipeOptions.Of(parsed);
            var bench = new IndexBench
            {
                BasePath = parsed.GetRequiredValue(vectors),
                BaseFormat = parsed.GetRequiredValue(fileFormat),
                QueriesPath = parsed.GetRequiredValue(queries),
                QueriesFormat = parsed.GetRequiredValue(queriesFormat),
                QueryCount = parsed.GetValue(queryCount),
                TruthPath = parsed.GetValue(truth),
                IndexFile = parsed.GetValue(indexFile),
                Recipe = recipe,
                KindGiven = recipeOptions.KindGiven(parsed),
                Efforts = parsed.GetValue(efforts) is { } list ? CommonOptions.Numbers("--ef", list, 1, 1 << 20) : null,
                K = parsed.GetValue(k),
                Threads = parsed.GetValue(threads),
            };
            if (bench.IndexFile is not null && recipeOptions.OnlyForBuilding(parsed) is [_, ..] given)
            {
                throw CliException.Usage($"--index-file names an index that is built already; {string.Join(", ", given)} would change nothing");
            }

            if (parsed.GetValue(svg) is { } wanted)
            {
                IndexInputs.CheckOutput("--svg", wanted);
            }

            var document = await WorkDisplay.RunAsync(console, $"Measuring {bench.IndexFile ?? recipe.Name}", display => Task.Run(() => bench.Run(display, cancellationToken), cancellationToken));
            if (parsed.GetValue(svg) is { } picture)
            {
                var line = new PlotSeries(IndexBenchTable.NameOf(document.Results[0]), [.. document.Results.Select(result => new PlotPoint(result.Recall, result.Qps))]);
                await File.WriteAllTextAsync(picture, CurvePlot.Render(IndexBenchTable.TitleOf(document), [line]), new UTF8Encoding(false), cancellationToken);
            }

            if (parsed.GetValue(json))
            {
                await console.Output.WriteLineAsync(JsonSerializer.Serialize(document, JsonText.Context.IndexBenchDocument));
            }
            else
            {
                IndexBenchTable.Write(console.Tables, document);
            }

            return ExitCodes.Success;
        });
        examples[command] =
        [
            "siskin index bench --base items.fvecs --queries asked.fvecs --metric l2 --index hnsw --quantize int8 --threads 1 --json",
            "siskin index bench --base items.fvecs --queries asked.fvecs --metric l2 --index-file items.index --ef 32,64,128 --svg items.svg",
        ];
        return command;
    }
}
