using System.CommandLine;
using System.Globalization;
using Siskin.Cli.Homes;
using Siskin.Data.Datasets;
using Siskin.Data.Datasets.Tabular;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin import</c>: a data set into a home.</summary>
internal static class ImportCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var dataset = new Argument<string>("DATASET") { Description = "What to import: format:path, or a path; 'siskin datasets' lists the formats." };
        var home = CommonOptions.Home();
        var strict = new Option<bool>("--strict") { Description = "Stop at the first bad row." };
        var map = new Option<string?>("--map") { Description = "For tables: which column each field comes from, field=column or field==constant, separated by commas.", HelpName = "MAPPING" };
        var kind = CommonOptions.OneOf("--kind", "events", "For tables: what the rows are.", "items", "users", "events");
        var delimiter = new Option<string?>("--delimiter") { Description = "For CSV: what stands between columns; one character, or 'tab'.", HelpName = "CHARACTER" };
        var schema = new Option<string?>("--schema") { Description = "A JSON file that declares attributes and event types; replaces the catalogue's schema.", HelpName = "FILE" };
        var shown = CommonOptions.Ranged("--max-errors-shown", 20, 0, int.MaxValue, "How many bad rows are printed.");
        var command = new Command("import", "Import a data set into a home. Bad rows are printed and left out. An import may be repeated.")
        {
            dataset, home, strict, map, kind, delimiter, schema, shown,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var declared = parsed.GetValue(schema) is { } file ? SchemaFile.Read(file) : null;
            var tabular = new TabularOptions { Kind = CommonOptions.Named<DatasetKind>(parsed.GetRequiredValue(kind)), Mapping = parsed.GetValue(map), Delimiter = DelimiterOf(parsed.GetValue(delimiter)) };
            if (declared is not null)
            {
                tabular = tabular with { EventTypes = declared.EventTypes };
            }

            var specification = parsed.GetRequiredValue(dataset);
            var source = await DatasetFormats.OpenAsync(specification, tabular, cancellationToken);
            var place = new SiskinHome(parsed.GetRequiredValue(home));
            var run = new ImportRun(console, place) { IsStrict = parsed.GetValue(strict), MaxErrorsShown = parsed.GetValue(shown), Schema = declared };
            var summary = await run.RunAsync(source, specification, cancellationToken);
            await console.Output.WriteLineAsync(Describe(summary));
            return ExitCodes.Success;
        });
        examples[command] =
        [
            "siskin import ../data/ml-100k",
            "siskin import synthetic:users=1000,items=500,events=50000 --home world",
            "siskin import films.csv --kind items --map id=film,title=name,tags=genres,attr.length:numeric=minutes",
            "siskin import plays.csv --map user=listener,item=track,time=at,type==listen --strict",
        ];
        return command;
    }

    internal static string Describe(DatasetImportSummary summary) => string.Create(
        CultureInfo.InvariantCulture,
        $"{summary.Items:N0} items, {summary.Users:N0} users, {summary.EventsAccepted:N0} events ({summary.EventDuplicates:N0} were there already), {summary.BadRows:N0} bad rows, {summary.Elapsed.TotalSeconds:F1} s");

    private static char? DelimiterOf(string? text) => text switch
    {
        null => null,
        "tab" or "\\t" => '\t',
        [var character] => character,
        _ => throw CliException.Usage($"--delimiter is '{text}'; one character, or 'tab', is expected"),
    };
}
