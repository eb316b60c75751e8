using Siskin.Cli.Homes;
using Siskin.Cli.Output;
using Siskin.Data.Datasets;
using Siskin.Data.Datasets.Synthetic;
using Siskin.Models.Interactions;
using Siskin.Offline.Jobs;

namespace Siskin.Cli.Evaluation;

/// <summary>Data to evaluate on.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Data">All of it but the test part.</param>
/// <param name="Test">The part that its makers keep apart; empty when they keep none.</param>
/// <param name="World">The world that it was made from; null for data that was not made up.</param>
internal sealed record EvaluationInput(string Name, TrainingData Data, Interaction[] Test, SyntheticWorld? World)
{
    /// <summary>Reads what a home holds.</summary>
    public static async Task<EvaluationInput> ReadAsync(SiskinHome home, CliConsole console, CancellationToken cancellationToken)
    {
        var imports = home.ReadDescription().Imports;
        var world = imports is [{ Synthetic: { } options }] ? new SyntheticWorld(options) : null;
        var name = imports.Count == 0 ? home.Directory : string.Join(" + ", imports.Select(import => import.Name));
        return new EvaluationInput(name, await ReadHomeAsync(home, console, cancellationToken).ConfigureAwait(false), [], world);
    }

    /// <summary>Reads a data set without storing it.</summary>
    public static async Task<EvaluationInput> ReadAsync(IDatasetSource source, CliConsole console, CancellationToken cancellationToken)
    {
        var (data, test) = await WorkDisplay.RunAsync(console, $"Reading {source.Name}", async display =>
        {
            var context = new DatasetReadContext { OnNote = display.WriteLine };
            using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var watching = WatchAsync(context, display, done.Token);
            try
            {
                var read = await Task.Run(() => TrainingData.ReadAsync(source, context, cancellationToken), cancellationToken).ConfigureAwait(false);
                if (context.BadRows > 0)
                {
                    display.WriteLine($"{context.BadRows:N0} of {context.RowsRead:N0} rows could not be used; 'siskin import' shows which");
                }

                return read;
            }
            finally
            {
                await done.CancelAsync().ConfigureAwait(false);
                await watching.ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
        return new EvaluationInput(source.Name, data, test, source as SyntheticWorld);
    }

    /// <summary>Reads a home's catalogue and events, beside a server that may write to them.</summary>
    public static async Task<TrainingData> ReadHomeAsync(SiskinHome home, CliConsole console, CancellationToken cancellationToken)
    {
        if (!home.HasData)
        {
            throw new CliException($"there is nothing at '{home.Directory}': import data first, for example with: siskin import DATASET --home {home.Directory}");
        }

        var (catalogue, log) = home.OpenForReading();
        await using (catalogue.ConfigureAwait(false))
        {
            await using (log.ConfigureAwait(false))
            {
                var data = await WorkDisplay.RunAsync(console, "Reading the catalogue and the events", display => Task.Run(
                    () => TrainingData.ReadAsync(catalogue, log, new Forward(display), cancellationToken), cancellationToken)).ConfigureAwait(false);
                if (data.Skipped > 0)
                {
                    await console.Error.WriteLineAsync($"{data.Skipped:N0} events are left out: their item or type is not known").ConfigureAwait(false);
                }

                return data;
            }
        }
    }

    private static async Task WatchAsync(DatasetReadContext context, WorkDisplay display, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(0.5));
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                display.Report($"{context.RowsRead:N0} rows read", context.FractionDone);
            }
        }
        catch (OperationCanceledException)
        {
            // The reading is over.
        }
    }

    private sealed class Forward(WorkDisplay display) : IProgress<long>
    {
        private long _last;

        public void Report(long value)
        {
            if (value - _last >= 50_000)
            {
                _last = value;
                display.Report($"{value:N0} events read", 0);
            }
        }
    }
}
