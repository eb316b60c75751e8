using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Siskin.Cli.Evaluation;
using Siskin.Cli.Output;
using Siskin.Offline.Experiments;
using Spectre.Console;

namespace Siskin.Cli.Commands;

/// <summary>The part of <c>siskin evaluate</c> that trains single models and judges them under a named protocol.</summary>
internal sealed class ExperimentCommand
{
    private readonly Option<string?> _model = new("--model") { Description = "Train these models, separated by commas, and judge them under one protocol (siskin models lists them).", HelpName = "NAME" };
    private readonly Option<string?> _protocol = new("--protocol")
    {
        Description = $"How a model is judged: {string.Join(", ", Experiment.Protocols)} (default: the first that fits the data).",
        HelpName = "NAME",
    };

    private readonly Option<string[]> _set = new("--set") { Description = "A parameter of the models, such as dimensions=64; may be given several times.", HelpName = "NAME=VALUE", AllowMultipleArgumentsPerToken = true };
    private readonly Option<bool> _validation = new("--validation") { Description = "Judge by a part cut from the training data; the test part is not touched. For choosing parameters." };
    private readonly Option<string?> _curve = new("--curve") { Description = "Draw loss and validation by epoch into this SVG file.", HelpName = "FILE" };

    /// <summary>Its options.</summary>
    public IReadOnlyList<Option> Options => [_model, _protocol, _set, _validation, _curve];

    /// <summary>Whether models are named.</summary>
    public bool IsWanted(ParseResult parsed) => parsed.GetValue(_model) is not null;

    /// <summary>Refuses options that mean nothing without a model.</summary>
    /// <exception cref="CliException">One is given.</exception>
    public void CheckUnused(ParseResult parsed)
    {
        if (Options.Skip(1).FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw CliException.Usage($"{given.Name} needs --model");
        }
    }

    /// <summary>Trains and judges.</summary>
    public async Task RunAsync(ParseResult parsed, string? dataset, int[] seeds, bool isJson, CliConsole console, CancellationToken cancellationToken)
    {
        if (dataset is null)
        {
            throw CliException.Usage("--model needs --dataset");
        }

        var models = CommonOptions.Split(parsed.GetValue(_model)).Distinct(StringComparer.Ordinal).Select(ModelCatalogue.Find).ToArray();
        var settings = SettingsOf(parsed.GetValue(_set) ?? []);
        if (models.Length == 0)
        {
            throw CliException.Usage("--model names no model");
        }

        // What is wrong is told before any data is read. With several models a parameter is for those that have it.
        if (settings.Keys.FirstOrDefault(name => models.All(model => !model.Parameters.ContainsKey(name))) is { } unknown)
        {
            throw CliException.Usage($"--set: {string.Join(", ", models.Select(model => $"{model.Name} has {(model.Parameters.Count == 0 ? "no parameters" : string.Join(' ', model.Parameters.Keys))}"))}; there is no '{unknown}'");
        }

        var own = models.ToDictionary(model => model, model => settings.Where(setting => model.Parameters.ContainsKey(setting.Key)).ToDictionary(StringComparer.Ordinal));
        foreach (var model in models)
        {
            model.With(own[model]);
        }

        var results = new List<ExperimentResult>();
        var data = new Dictionary<bool, ExperimentData>();
        foreach (var model in models)
        {
            var isRanking = model.Kind == ModelKind.Ranking;
            var result = await WorkDisplay.RunAsync(console, $"{model.Name} on {dataset}", display => Task.Run(
                async () =>
                {
                    if (!data.TryGetValue(isRanking, out var read))
                    {
                        display.Report("reading", 0);
                        data[isRanking] = read = await ExperimentData.ReadAsync(dataset, isRanking, display.WriteLine, cancellationToken).ConfigureAwait(false);
                    }

                    return Experiment.Run(model, own[model], read, parsed.GetValue(_protocol), seeds, parsed.GetValue(_validation), new StepProgress(display), cancellationToken);
                },
                cancellationToken)).ConfigureAwait(false);
            results.Add(result);
            if (!isJson)
            {
                Write(console, result);
            }
        }

        if (parsed.GetValue(_curve) is { } curve)
        {
            await WriteCurveAsync(curve, results, cancellationToken).ConfigureAwait(false);
        }

        if (isJson)
        {
            var documents = results.Select(ExperimentDocument.Of).ToArray();
            await console.Output.WriteLineAsync(documents.Length == 1
                ? JsonSerializer.Serialize(documents[0], JsonText.Context.ExperimentDocument)
                : JsonSerializer.Serialize(documents, JsonText.Context.ExperimentDocumentArray)).ConfigureAwait(false);
        }
    }

    private static Dictionary<string, string> SettingsOf(string[] texts)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            settings[text.Split('=', 2)[0]] = text.Split('=', 2) is [_, var value] ? value : throw CliException.Usage($"--set: '{text}' is not of the form NAME=VALUE");
        }

        return settings;
    }

    private static async Task WriteCurveAsync(string path, List<ExperimentResult> results, CancellationToken cancellationToken)
    {
        var runs = results.Where(result => result.Training is not null).Select(result => (result.Model, result.Training!)).ToArray();
        if (runs.Length == 0)
        {
            throw new CliException($"none of {string.Join(", ", results.Select(result => result.Model))} is trained in epochs that are judged: there is no curve to draw");
        }

        await File.WriteAllTextAsync(path, LearningCurve.Render($"{results[0].Dataset}, {results[0].Protocol}", runs), cancellationToken).ConfigureAwait(false);
    }

    private static void Write(CliConsole console, ExperimentResult result)
    {
        var title = $"{result.Model} on {result.Dataset}, {result.Protocol}{(result.IsValidation ? ", a part cut from the training data" : string.Empty)}";
        var table = new Table().Title(Markup.Escape(title)).AddColumns("figure", "value", "deviation over seeds", "95 % interval over users");
        foreach (var (name, value) in result.Metrics)
        {
            var interval = result.Intervals is { } intervals && intervals.TryGetValue(name, out var found) ? string.Create(CultureInfo.InvariantCulture, $"{found.Low:F4} to {found.High:F4}") : string.Empty;
            table.AddRow(
                name,
                string.Create(CultureInfo.InvariantCulture, $"{value:0.####}"),
                result.Deviations is { } deviations ? string.Create(CultureInfo.InvariantCulture, $"{deviations[name]:F4}") : string.Empty,
                interval);
        }

        console.Tables.Write(table);
        console.Output.WriteLine($"parameters {string.Join(' ', result.Parameters.Select(parameter => $"{parameter.Key}={parameter.Value}"))}");
        console.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"trained in {result.Seconds:F1} s{(result.Training is { } training ? $", best epoch {training.BestEpoch} of {training.Epochs.Count}" : string.Empty)}{(result.Seeds.Count > 0 ? $", seeds {string.Join(',', result.Seeds)}" : string.Empty)}"));
        foreach (var note in result.Notes)
        {
            console.Output.WriteLine(note);
        }
    }
}
