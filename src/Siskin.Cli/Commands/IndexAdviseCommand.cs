using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Siskin.Cli.Output;
using Siskin.Vectors.Advice;
using Siskin.Vectors.Files;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin index advise</c>: which index suits given vectors and wishes.</summary>
internal static class IndexAdviseCommand
{
    private static readonly (string Unit, double Bytes)[] ByteUnits =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1), (string.Empty, 1)];

    // What a TimeSpan can hold, and something above its resolution.
    private const double LeastSeconds = 1e-7;
    private const double MostSeconds = 1e9;
    private const double LeastBytes = 1;
    private const double MostBytes = 1L << 62;

    private static readonly (string Unit, double Seconds)[] TimeUnits = [("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("min", 60), ("h", 3600)];

    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var defaults = new IndexAdvisorOptions();
        var vectors = new Option<string>("--base") { Description = "File of the vectors, or of some of them: fvecs, bvecs, npy, CSV or word vectors.", HelpName = "FILE", Required = true };
        var fileFormat = IndexInputs.FileFormat("--format", "--base");
        var queriesFormat = IndexInputs.FileFormat("--queries-format", "--queries");
        var queries = new Option<string?>("--queries") { Description = "File of queries like those that will be asked (default: some of the vectors are held out).", HelpName = "FILE" };
        var metric = IndexInputs.Metric();
        var recall = CommonOptions.Number("--recall", defaults.Recall, 0.01, 1, "The share of the true nearest that searches should find; 1 leaves only the exact index.");
        var k = CommonOptions.Ranged("--k", defaults.K, 1, 1000, "How many nearest vectors a search asks for.");
        var count = CommonOptions.Ranged("--count", 0, 0, int.MaxValue, "How many vectors there will be (0: as many as the file has).");
        var memory = Quantity("--memory", "500MB", "Most memory that the index may take.", ByteUnits, LeastBytes, MostBytes);
        var latency = Quantity("--latency", "2ms", "Longest time of a search on one thread.", TimeUnits, LeastSeconds, MostSeconds);
        var measure = CommonOptions.OneOf("--latency-of", "p99", "Which time --latency bounds.", "p99", "mean");
        var adds = CommonOptions.Number("--adds", 0, 0, 1e9, "Vectors added or replaced per second.");
        var removes = CommonOptions.Number("--removes", 0, 0, 1e9, "Vectors removed per second.");
        var share = CommonOptions.Number("--update-share", defaults.UpdateShare, 0.001, 1024, "The share of a core that adds and removals may take.");
        var sample = CommonOptions.Ranged("--sample", defaults.SampleRows, 100, 100_000_000, "How many vectors to measure on.");
        var limit = Quantity("--time-limit", "60s", "About how long to measure (default: 60s).", TimeUnits, LeastSeconds, MostSeconds);
        var seed = CommonOptions.Ranged("--seed", defaults.Seed, 0, int.MaxValue, "Seed of the sample and of the indexes.");
        var svg = new Option<string?>("--svg") { Description = "Draw recall against speed into this file.", HelpName = "FILE" };
        var json = CommonOptions.Json();
        var command = new Command("advise", "Recommend an index for given vectors and wishes: measure several on a sample, foretell what they do with all vectors, and say why the others are not it.")
        {
            vectors, queries, fileFormat, queriesFormat, metric, recall, k, count, memory, latency, measure, adds, removes, share, sample, limit, seed, svg, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new IndexAdvisorOptions
            {
                Metric = IndexInputs.MetricOf(parsed.GetRequiredValue(metric)),
                Recall = parsed.GetValue(recall),
                K = parsed.GetValue(k),
                Count = parsed.GetValue(count),
                MemoryBytes = parsed.GetValue(memory) is { } room ? (long)Parse(room, ByteUnits)!.Value : null,
                Latency = parsed.GetValue(latency) is { } longest ? TimeSpan.FromSeconds(Parse(longest, TimeUnits)!.Value) : null,
                LatencyMeasure = CommonOptions.Named<LatencyMeasure>(parsed.GetRequiredValue(measure)),
                AddsPerSecond = parsed.GetValue(adds),
                RemovesPerSecond = parsed.GetValue(removes),
                UpdateShare = parsed.GetValue(share),
                SampleRows = parsed.GetValue(sample),
                TimeLimit = parsed.GetValue(limit) is { } time ? TimeSpan.FromSeconds(Parse(time, TimeUnits)!.Value) : defaults.TimeLimit,
                Seed = parsed.GetValue(seed),
            };
            options.Check();
            if (parsed.GetValue(svg) is { } file)
            {
                IndexInputs.CheckOutput("--svg", file);
            }

            var advice = await WorkDisplay.RunAsync(console, "Measuring indexes", display => Task.Run(
                () => Advise(
                    parsed.GetRequiredValue(vectors), parsed.GetRequiredValue(fileFormat), parsed.GetValue(queries), parsed.GetRequiredValue(queriesFormat), options, display, cancellationToken),
                cancellationToken));
            if (parsed.GetValue(svg) is { } picture)
            {
                await File.WriteAllTextAsync(picture, advice.ToSvg(), new UTF8Encoding(false), cancellationToken);
            }

            await console.Output.WriteAsync(parsed.GetValue(json)
                ? JsonSerializer.Serialize(advice, JsonText.Context.IndexAdvice) + Environment.NewLine
                : advice.ToMarkdown());
            return ExitCodes.Success;
        });
        examples[command] =
        [
            "siskin index advise --base items.fvecs --metric cosine --recall 0.95",
            "siskin index advise --base items.npy --queries asked.npy --count 2000000 --memory 1GB --latency 2ms --adds 1000 --removes 250 --svg advice.svg",
        ];
        return command;
    }

    /// <summary>A number with one of the units, in bytes or seconds; null when the text is none.</summary>
    private static double? Parse(string text, (string Unit, double Factor)[] units)
    {
        var end = text.AsSpan().TrimEnd().LastIndexOfAnyInRange('0', '9') + 1;
        var unit = text[end..].Trim();
        foreach (var (name, factor) in units)
        {
            if (string.Equals(name, unit, StringComparison.OrdinalIgnoreCase)
                && double.TryParse(text.AsSpan(0, end), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number > 0)
            {
                return number * factor;
            }
        }

        return null;
    }

    private static IndexAdvice Advise(
        string path, string format, string? queryPath, string queryFormat, IndexAdvisorOptions options, WorkDisplay display, CancellationToken cancellationToken)
    {
        display.Report($"reading {path}", 0);
        var wanted = VectorSample.RowsFor(options, holdsOut: queryPath is null);
        var rows = VectorSample.Read(path, wanted, options.Seed, out var total, IndexInputs.FileOptionsOf(format), cancellationToken);
        if (rows.Count < IndexAdvisor.LeastRows)
        {
            throw new CliException($"{path} has {rows.Count} vectors, too few to measure with; at least {IndexAdvisor.LeastRows} are needed");
        }

        VectorSet? queries = null;
        if (queryPath is not null)
        {
            queries = VectorSample.Read(queryPath, options.SampleQueries, options.Seed, out var asked, IndexInputs.FileOptionsOf(queryFormat), cancellationToken);
            if (asked == 0)
            {
                throw new CliException($"{queryPath}: there are no vectors in it");
            }

            IndexInputs.CheckDimensions(queryPath, queries.Dimensions, path, rows.Dimensions);
        }

        if (total > int.MaxValue && options.Count == 0)
        {
            throw CliException.Usage(string.Create(CultureInfo.InvariantCulture, $"{path} has {total:N0} vectors, more than one index can hold; give --count"));
        }

        var advice = IndexAdvisor.Advise(
            rows,
            queries,
            options with { Count = options.Count > 0 ? options.Count : total },
            new Forwarding(display),
            cancellationToken);
        return advice with { Commands = IndexAdviceCommands.Of(advice, path, format, queryPath, queryFormat) };
    }

    private static Option<string?> Quantity(string name, string example, string description, (string Unit, double Factor)[] units, double least, double most)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = example };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count != 1)
            {
                return;
            }

            if (Parse(result.Tokens[0].Value, units) is not { } value)
            {
                result.AddError($"{name} is '{result.Tokens[0].Value}'; a number above 0 with a unit is allowed, such as {example} ({string.Join(", ", units.Select(unit => unit.Unit).Where(unit => unit.Length > 0))})");
            }
            else if (value < least || value > most)
            {
                result.AddError($"{name} is '{result.Tokens[0].Value}'; that is too {(value < least ? "little" : "much")}");
            }
        });
        return option;
    }

    private sealed class Forwarding(WorkDisplay display) : IProgress<AdviceProgress>
    {
        public void Report(AdviceProgress value) => display.Report(value.Text, value.Fraction);
    }
}
