using System.Diagnostics;
using Siskin.Cli.Evaluation;
using Siskin.Cli.Homes;
using Siskin.Cli.Output;
using Siskin.Offline.Jobs;
using Siskin.Serving.Releases;

namespace Siskin.Cli.Commands;

/// <summary>Trains a release and writes it into a home.</summary>
internal static class TrainRun
{
    /// <summary>Trains, writes and prunes.</summary>
    /// <returns>The manifest of the new release, and the time that all took.</returns>
    public static async Task<(ReleaseManifest Manifest, TimeSpan Elapsed)> RunAsync(
        TrainingData data, SiskinHome home, TrainingSettings settings, TuningEffort effort, int keep, CliConsole console, CancellationToken cancellationToken, bool held = false)
    {
        if (data.Items.Count == 0)
        {
            throw new CliException("there are no items to learn about; import some first");
        }

        var started = Stopwatch.GetTimestamp();
        var release = await WorkDisplay.RunAsync(console, "Training", display => Task.Run(
            () => TrainJob.TrainAsync(data, settings, effort, new StepProgress(display), cancellationToken), cancellationToken)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();

        // From here to the end nothing is cancelled: the release is whole, and its folder appears by a rename.
        var releases = home.Releases;
        var manifest = releases.Write(release, held);
        releases.Prune(keep);
        return (manifest, Stopwatch.GetElapsedTime(started));
    }
}
