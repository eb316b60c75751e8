using Siskin.Offline.Releases;
using Siskin.Serving.Releases;

namespace Siskin.Offline.Jobs;

/// <summary>Makes a release: tune on what is held back, train the blend on it, then learn the rest from all data.</summary>
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
        TrainAsync(TrainingPart.Whole(data), SplitKind.PerUser, settings, effort, progress, cancellationToken);

    internal static async Task<Release> TrainAsync(
        TrainingPart part,
        SplitKind kind,
        TrainingSettings settings,
        TuningEffort effort,
        IProgress<TrainingStep>? progress,
        CancellationToken cancellationToken)
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
        return ReleaseBuilder.Build(part, tuned, trained?.Blend, cold, ranker, progress, cancellationToken);
    }
}
