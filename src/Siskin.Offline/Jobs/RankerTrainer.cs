using Siskin.Models.Graph;
using Siskin.Models.Graph.Optimizers;
using Siskin.Models.Training;
using Siskin.Serving.Rank;
using Siskin.Serving.Releases;

namespace Siskin.Offline.Jobs;

/// <summary>Trains the model that ranks in the blend's place, on the samples that the blend was fitted on.</summary>
internal static class RankerTrainer
{
    private const int HistoryLength = 50;
    private const int ValidationPart = 10;

    /// <summary>Trains on nine users of ten and stops by the AUC of the tenth.</summary>
    /// <param name="samples">What the pipeline recalled, with labels.</param>
    /// <param name="blend">Writes the features.</param>
    /// <param name="release">Of the part that the samples were made with: its items and tags are those of the release to come.</param>
    /// <param name="settings">Which model, with which settings.</param>
    /// <param name="progress">Told where the training stands.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static RankerModel Train(BlendSamples samples, BlendModel blend, Release release, RankerSettings settings, IProgress<TrainingStep>? progress, CancellationToken cancellationToken)
    {
        var features = samples.Features(blend);
        var (means, scales) = Moments(features, blend.Features.Count);
        var model = RankerModel.Create(
            new RankerDescription
            {
                Model = settings.Model,
                Settings = settings.Settings,
                Features = blend.Features,
                Means = means,
                Scales = scales,
                ItemCount = release.Items.Count,
                TagCount = release.Tags.Tags.Count,
                HistoryLength = HistoryLength,
                Shift = Shift(samples),
            },
            settings.Seed);
        var inputs = new RankerInputs(release, model.Description);
        var order = Enumerable.Range(0, samples.Count).ToArray();
        var isHeld = (int sample) => samples.Users[sample] % ValidationPart == ValidationPart - 1;
        var training = Examples(samples, [.. order.Where(sample => !isHeld(sample))], features, model, inputs);
        var validation = Examples(samples, [.. order.Where(isHeld)], features, model, inputs);
        var options = new GraphTrainerOptions { Optimizer = new Adam(settings.LearningRate), Epochs = settings.Epochs, BatchSize = settings.BatchSize, Patience = 2, Seed = settings.Seed };
        new GraphTrainer(options).Train(model.Graph, training, validation, progress: progress is null ? null : new Forward(progress, settings.Model), cancellationToken: cancellationToken);
        return model;
    }

    private static ExampleTable Examples(BlendSamples samples, int[] chosen, float[] features, RankerModel model, RankerInputs inputs)
    {
        var width = model.Description.Features.Count;
        var (ids, numbers, labels, groups) = (new int[chosen.Length], new float[chosen.Length * width], new float[chosen.Length], new int[chosen.Length]);
        var (tagOffsets, tags) = (new int[chosen.Length + 1], new List<int>());
        var (historyOffsets, histories) = (new int[chosen.Length + 1], new List<int>());
        Span<int> history = stackalloc int[HistoryLength];
        for (var i = 0; i < chosen.Length; i++)
        {
            var sample = chosen[i];
            ids[i] = inputs.IdOf(samples.Rows[sample]);
            model.Scale(features.AsSpan(sample * width, width), numbers.AsSpan(i * width, width));
            tags.AddRange(inputs.TagsOf(samples.Rows[sample]));
            tagOffsets[i + 1] = tags.Count;
            histories.AddRange(history[..inputs.History(samples.Histories[samples.Users[sample]], history)]);
            historyOffsets[i + 1] = histories.Count;
            (labels[i], groups[i]) = (samples.Labels[sample], samples.Users[sample]);
        }

        return new ExampleTable(model.Layout, chosen.Length, ids, numbers, [new IdSequences(tagOffsets, [.. tags]), new IdSequences(historyOffsets, [.. histories])], labels, groups);
    }

    private static (float[] Means, float[] Scales) Moments(float[] features, int width)
    {
        var (means, scales) = (new float[width], new float[width]);
        for (var f = 0; f < width; f++)
        {
            var (sum, squares, count) = (0.0, 0.0, features.Length / width);
            for (var i = f; i < features.Length; i += width)
            {
                sum += features[i];
                squares += (double)features[i] * features[i];
            }

            var mean = sum / count;
            var deviation = Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean)));
            (means[f], scales[f]) = ((float)mean, deviation > 1e-6 ? (float)(1 / deviation) : 1);
        }

        return (means, scales);
    }

    // Of those not taken only some were drawn: the odds are too high by as much.
    private static float Shift(BlendSamples samples)
    {
        var (weight, count) = (0.0, 0);
        for (var i = 0; i < samples.Count; i++)
        {
            if (samples.Labels[i] == 0)
            {
                weight += samples.Weights[i];
                count++;
            }
        }

        return count == 0 ? 0 : (float)-Math.Log(weight / count);
    }

    private sealed class Forward(IProgress<TrainingStep> target, string model) : IProgress<GraphTrainingProgress>
    {
        public void Report(GraphTrainingProgress value) =>
            target.Report(new TrainingStep(FormattableString.Invariant($"ranker {model}, epoch {value.Epoch} of at most {value.Epochs}, loss {value.Loss:F4}, {value.ExamplesPerSecond:N0} examples a second"), value.Share));
    }
}
