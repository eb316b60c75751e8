using Siskin.Offline.Releases;
using Siskin.Serving.Releases;

namespace Siskin.Offline.Jobs;

/// <summary>Makes a release: tune on what is held back, train the blend on it, measure there, then learn the rest from all data.</summary>
public static class TrainJob
{
    /// <summary>Trains a release; nothing is written.</summary>
    /// <param name="data">What to learn from.</param>
    /// <param name="settings">Settings to start from.</param>
    /// <param name="effort">How much to spend on choosing settings.</param>
    /// <param name="progress">Told where the training stands.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static Task<Release> TrainAsync(
        TrainingData data,
        TrainingSettings settings,
        TuningEffort effort,
        IProgress<TrainingStep>? progress = null,
        CancellationToken cancellationToken = default) =>
        TrainAsync(TrainingPart.Whole(data), SplitKind.PerUser, settings, effort, progress, cancellationToken, measures: true);

    internal static async Task<Release> TrainAsync(
        TrainingPart part,
        SplitKind kind,
        TrainingSettings settings,
        TuningEffort effort,
        IProgress<TrainingStep>? progress,
        CancellationToken cancellationToken,
        bool measures = false)
    {
        var inner = Split.Of(part, kind);
        var tuned = SettingsTuner.Tune(inner, settings, effort, progress, cancellationToken);
        var earlier = ReleaseBuilder.Build(inner.Train, tuned, null, null, null, null, cancellationToken);
        tuned = SettingsTuner.TuneHistory(inner, earlier, tuned, effort, cancellationToken);
        progress?.Report(new TrainingStep("rank blend", 0));
        var trained = await BlendTrainer.TrainAsync(inner.Train, earlier, inner.Held, tuned, cancellationToken).ConfigureAwait(false);
        var cold = await BlendTrainer.TrainColdAsync(inner.Train, earlier, inner.Held, tuned, cancellationToken).ConfigureAwait(false);
        var ranker = tuned.Ranker is { } wanted && trained is { } found
            ? RankerTrainer.Train(found.Samples, found.Blend, earlier, wanted, progress, cancellationToken)
            : null;
        IReadOnlyDictionary<string, double>? metrics = null;
        if (measures)
        {
            progress?.Report(new TrainingStep("measure on what was held back", 0));
            metrics = await HeldOutMeasure.RunAsync(part.Data, earlier.With(earlier.Manifest, trained?.Blend, cold, ranker), inner.Held, cancellationToken).ConfigureAwait(false);
        }

        var release = ReleaseBuilder.Build(part, tuned, trained?.Blend, cold, ranker, progress, cancellationToken);
        return metrics is null ? release : release.With(release.Manifest with { Metrics = metrics }, release.Blend, release.ColdBlend, release.Ranker);
    }
}
