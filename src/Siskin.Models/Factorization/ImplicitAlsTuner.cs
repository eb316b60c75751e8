using System.Diagnostics;
using Siskin.Models.Evaluation;
using Siskin.Models.Interactions;

namespace Siskin.Models.Factorization;

/// <summary>Finds settings of <see cref="ImplicitAls"/> by successive halving: many settings for few epochs, the best for more.</summary>
/// <remarks>Jamieson and Talwalkar 2016. A survivor is trained on from where it stood, so that no epoch is done twice.</remarks>
public static class ImplicitAlsTuner
{
    /// <summary>Tries settings on one part of the data and judges them on another.</summary>
    /// <param name="train">Users × items to learn from.</param>
    /// <param name="validation">The same users × items held back from it; never the part that final figures are reported on.</param>
    /// <param name="options">What to try.</param>
    /// <param name="metric">What to maximise; null for recall.</param>
    /// <param name="progress">Told of every trial, on the calling thread.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An option is out of range or a list is empty.</exception>
    /// <remarks>Deterministic as long as the time limit is not reached; ties go to what stands earlier in the grid. Keeps the vectors of all settings of a round in memory.</remarks>
    public static ImplicitAlsTuning Tune(
        InteractionMatrix train,
        InteractionMatrix validation,
        ImplicitAlsTunerOptions options,
        Func<RankingAtK, double>? metric = null,
        IProgress<ImplicitAlsTrial>? progress = null,
        CancellationToken cancellationToken = default)
    {
        OptionsValidation.Check(options);
        var start = Stopwatch.GetTimestamp();
        metric ??= figures => figures.Recall;
        var trials = new List<ImplicitAlsTrial>();
        var entrants = new List<(ImplicitAlsOptions Options, ImplicitAlsModel? Model)>();
        foreach (var candidate in Grid(train, options))
        {
            entrants.Add((candidate, null));
        }

        ImplicitAlsTrial? best = null;
        var done = 0;
        for (var epochs = Math.Min(options.FirstEpochs, options.Epochs); ; epochs = Math.Min(epochs * 2, options.Epochs))
        {
            var round = new List<(ImplicitAlsTrial Trial, ImplicitAlsModel Model)>();
            foreach (var (settings, model) in entrants)
            {
                if (best != null && Stopwatch.GetElapsedTime(start) >= options.TimeLimit)
                {
                    break;
                }

                var next = settings with { Epochs = epochs - done };
                var trained = model == null
                    ? ImplicitAls.Train(train, next, null, cancellationToken)
                    : ImplicitAls.Continue(model, train, next, null, cancellationToken);
                var report = FullRanking.Evaluate(train, validation, trained.ScoreInto, [options.ListLength], options.Threads, cancellationToken);
                var figures = report.At(options.ListLength);
                var trial = new ImplicitAlsTrial(settings with { Epochs = epochs }, metric(figures), figures, Stopwatch.GetElapsedTime(start));
                round.Add((trial, trained));
                trials.Add(trial);
                best ??= trial;
                progress?.Report(trial);
            }

            var isCut = round.Count < entrants.Count;
            var order = round.OrderByDescending(entry => entry.Trial.Metric).ToList();
            if (order.Count > 0)
            {
                best = order[0].Trial;
            }

            if (isCut || epochs == options.Epochs)
            {
                return new ImplicitAlsTuning(best!.Options, trials, !isCut);
            }

            entrants = [.. order.Take(Math.Max(1, order.Count / options.KeepOneIn)).Select(entry => (entry.Trial.Options, (ImplicitAlsModel?)entry.Model))];
            done = epochs;
        }
    }

    private static List<ImplicitAlsOptions> Grid(InteractionMatrix train, ImplicitAlsTunerOptions options)
    {
        var byItem = train.Transpose();
        var grid = new List<ImplicitAlsOptions>();
        foreach (var dimensions in options.Dimensions)
        {
            foreach (var unobserved in options.UnobservedWeights)
            {
                foreach (var regularization in options.Regularizations)
                {
                    foreach (var exponent in options.Exponents)
                    {
                        var settings = new ImplicitAlsOptions
                        {
                            Dimensions = dimensions,
                            UnobservedWeight = unobserved,
                            Exponent = exponent,
                            Regularization = (float)(regularization * Scale(train, byItem, unobserved, exponent)),
                            Epochs = options.Epochs,
                            Seed = options.Seed,
                            Threads = options.Threads,
                        };
                        OptionsValidation.Check(settings);
                        grid.Add(settings);
                    }
                }
            }
        }

        if (grid.Count == 0)
        {
            throw new ArgumentException("each list of the grid needs a value", nameof(options));
        }

        if (grid.Count > options.MaxTrials)
        {
            new Random(options.Seed).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(grid));
            grid.RemoveRange(options.MaxTrials, grid.Count - options.MaxTrials);
        }

        return grid;
    }

    // λ / λ*: the penalties at ν = 1 over those at this ν.
    private static double Scale(InteractionMatrix byUser, InteractionMatrix byItem, float unobserved, float exponent)
    {
        var (linear, powered) = (0.0, 0.0);
        foreach (var (side, others) in new[] { (byUser, byUser.ColumnCount), (byItem, byItem.ColumnCount) })
        {
            for (var row = 0; row < side.RowCount; row++)
            {
                var frequency = (double)unobserved * others;
                foreach (var weight in side.Row(row).Values)
                {
                    frequency += weight;
                }

                linear += frequency;
                powered += Math.Pow(frequency, exponent);
            }
        }

        return linear / powered;
    }
}
