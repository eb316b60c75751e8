using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Siskin.Cli.Evaluation;
using Siskin.Cli.Homes;
using Siskin.Cli.Output;
using Siskin.Data.Datasets;
using Siskin.Offline.Jobs;
using Siskin.Serving.Releases;

namespace Siskin.Cli.Commands;

/// <summary><c>siskin train</c>: a home's data into a release.</summary>
internal static class TrainCommand
{
    public static Command Create(CliConsole console, Dictionary<Command, string[]> examples)
    {
        var home = CommonOptions.Home();
        var dataset = new Option<string?>("--dataset") { Description = "Train on a data set that is not imported; the home must hold no data of its own.", HelpName = "DATASET" };
        var tune = CommonOptions.Tune();
        var dimensions = CommonOptions.Dimensions();
        var epochs = CommonOptions.Epochs();
        var keep = CommonOptions.Ranged("--keep", 3, 1, 1000, "How many releases to keep, the new one included.");
        var rank = CommonOptions.Rank();
        var held = new Option<bool>("--held") { Description = "Mark the release as waiting for a gate: servers take it up once a server's gate lets it pass, or it is activated by hand." };
        var json = CommonOptions.Json();
        var command = new Command("train", "Train a release from a home's catalogue and events. A server of the same home may run beside, and takes the release up by itself.")
        {
            home, dataset, tune, dimensions, epochs, rank, keep, held, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var place = new SiskinHome(parsed.GetRequiredValue(home));
            var settings = CommonOptions.Settings(parsed.GetValue(dimensions), parsed.GetValue(epochs)) with { Ranker = CommonOptions.RankerOf(parsed.GetRequiredValue(rank)) };
            var data = await ReadAsync(place, parsed.GetValue(dataset), console, cancellationToken);
            var (manifest, elapsed) = await TrainRun.RunAsync(data, place, settings, CommonOptions.Named<TuningEffort>(parsed.GetRequiredValue(tune)), parsed.GetValue(keep), console, cancellationToken, parsed.GetValue(held));
            await console.Output.WriteLineAsync(parsed.GetValue(json)
                ? JsonSerializer.Serialize(manifest, JsonText.Context.ReleaseManifest)
                : Describe(manifest, place, elapsed));
            return ExitCodes.Success;
        });
        examples[command] = ["siskin train", "siskin train --tune thorough --keep 5", "siskin train --rank deepfm", "siskin train --tune none --dimensions 32 --epochs 8 --json"];
        return command;
    }

    internal static string Describe(ReleaseManifest manifest, SiskinHome home, TimeSpan elapsed)
    {
        var counts = string.Join(", ", manifest.Counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Value:N0} {count.Key}")));
        var bytes = manifest.Files.Sum(file => file.Bytes);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
             Release {manifest.Number} in {home.Releases.PathOf(manifest.Number)} ({bytes / 1048576.0:F1} MiB, {elapsed.TotalSeconds:F1} s)
               learned from {counts}
               events from {DateTimeOffset.FromUnixTimeMilliseconds(manifest.FirstEventMs):yyyy-MM-dd HH:mm} to {DateTimeOffset.FromUnixTimeMilliseconds(manifest.LastEventMs):yyyy-MM-dd HH:mm}
               held back: {(manifest.Metrics.Count == 0 ? "too little to measure on" : string.Join(", ", manifest.Metrics.Select(metric => string.Create(CultureInfo.InvariantCulture, $"{metric.Key} {metric.Value:0.####}"))))}
               settings {string.Join(", ", manifest.Settings.Select(setting => $"{setting.Key} {setting.Value}"))}
             """);
    }

    private static async Task<TrainingData> ReadAsync(SiskinHome home, string? dataset, CliConsole console, CancellationToken cancellationToken)
    {
        if (dataset is null)
        {
            return await EvaluationInput.ReadHomeAsync(home, console, cancellationToken);
        }

        // A server lays what the home holds over the release: it must not be the data of something else.
        if (home.HasData)
        {
            throw CliException.Usage($"the home '{home.Directory}' holds data of its own; train without --dataset, or give another folder with --home");
        }

        var source = await DatasetFormats.OpenAsync(dataset, cancellationToken: cancellationToken);
        return (await EvaluationInput.ReadAsync(source, console, cancellationToken)).Data;
    }
}
