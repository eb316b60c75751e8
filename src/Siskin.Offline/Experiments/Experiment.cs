using Siskin.Models.Evaluation;
using Siskin.Models.Training;
using Siskin.Offline.Jobs;

namespace Siskin.Offline.Experiments;

/// <summary>Trains a model and judges it under a named protocol.</summary>
public static class Experiment
{
    private const string OwnSplit = "own-split";

    /// <summary>Names of all protocols.</summary>
    public static IReadOnlyList<string> Protocols { get; } =
        [EvaluationProtocols.LightGcnSplit, EvaluationProtocols.LeaveOneOut99, EvaluationProtocols.LeaveOneOutFull, EvaluationProtocols.Temporal, OwnSplit];

    /// <summary>The protocols that fit a model and data; the first is what is taken when none is named.</summary>
    /// <param name="kind">Of the model.</param>
    /// <param name="data">The data.</param>
    public static IReadOnlyList<string> Fitting(ModelKind kind, ExperimentData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (kind == ModelKind.Ranking)
        {
            return data.Clicks switch
            {
                null => [],
                { IsTemporal: true } => [EvaluationProtocols.Temporal],
                _ => [OwnSplit],
            };
        }

        var fitting = new List<string>();
        if (data.Negatives is not null)
        {
            fitting.Add(EvaluationProtocols.LeaveOneOut99);
        }

        if (data.Test.Length > 0)
        {
            fitting.Add(EvaluationProtocols.LightGcnSplit);
        }

        if (data.HasTimes)
        {
            fitting.Add(EvaluationProtocols.Temporal);
        }

        if (data.HasOrder)
        {
            fitting.Add(EvaluationProtocols.LeaveOneOutFull);
        }

        return fitting;
    }

    /// <summary>Runs a model once for each seed.</summary>
    /// <param name="model">Which.</param>
    /// <param name="settings">Parameters that are not the defaults.</param>
    /// <param name="data">Read for the model's kind.</param>
    /// <param name="protocol">One that fits; null for the first of those.</param>
    /// <param name="seeds">At least one; models without a seed run once.</param>
    /// <param name="isValidation">Whether a part cut from the training data is judged, and the test part is not touched.</param>
    /// <param name="progress">Told where the work stands.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The protocol does not fit, or a parameter is wrong; says what would be right.</exception>
    /// <exception cref="TrainingDataException">Nothing can be learned from the data.</exception>
    public static ExperimentResult Run(
        ModelEntry model,
        IReadOnlyDictionary<string, string> settings,
        ExperimentData data,
        string? protocol,
        IReadOnlyList<int> seeds,
        bool isValidation = false,
        IProgress<TrainingStep>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(seeds);
        var fitting = Fitting(model.Kind, data);
        protocol ??= fitting.Count > 0 ? fitting[0] : null;
        if (protocol is null || !fitting.Contains(protocol))
        {
            var known = protocol is null || Protocols.Contains(protocol) ? string.Empty : $" (protocols are {string.Join(", ", Protocols)})";
            throw new ArgumentException($"protocol {protocol ?? "none"} does not fit {model.Name} on {data.Format} data; {(fitting.Count == 0 ? "none does" : "these do: " + string.Join(", ", fitting))}{known}", nameof(protocol));
        }

        var used = model.HasSeed && seeds.Count > 0 ? seeds : [seeds.Count > 0 ? seeds[0] : 1];
        var runs = new List<ExperimentRun>();
        IReadOnlyList<object> options = [];
        foreach (var seed in used)
        {
            options = model.With(model.WithSeed(settings, seeds.Count > 0 || !settings.ContainsKey("seed") ? seed : int.Parse(settings["seed"], System.Globalization.CultureInfo.InvariantCulture)));
            runs.Add(model.Kind == ModelKind.Ranking
                ? ClickExperiment.Run(model, options, data.Clicks!, isValidation, progress, cancellationToken)
                : RankingExperiment.Run(model, options, data, protocol, isValidation, seed, progress, cancellationToken));
        }

        return new ExperimentResult
        {
            Model = model.Name,
            Protocol = protocol,
            Dataset = data.Name,
            IsValidation = isValidation,
            Parameters = used.Count == 1 ? ModelEntry.Describe(options) : ModelEntry.Describe(options).Where(parameter => parameter.Key != "seed").ToDictionary(StringComparer.Ordinal),
            Metrics = runs[0].Metrics.Keys.ToDictionary(name => name, name => runs.Average(run => run.Metrics[name])),
            Deviations = runs.Count == 1 ? null : runs[0].Metrics.Keys.ToDictionary(name => name, name => Deviation([.. runs.Select(run => run.Metrics[name])])),
            Intervals = Intervals(runs, cancellationToken),
            Seeds = model.HasSeed ? [.. used] : [],
            Seconds = runs.Average(run => run.Seconds),
            Notes = model.Kind == ModelKind.Sequence && !data.HasOrder ? [.. runs[0].Notes, "the data has no times: histories are in the order of the file"] : runs[0].Notes,
            Training = runs[0].Training,
        };
    }

    // Figures are averaged over seeds; where each seed was judged on other users, those of the first count.
    private static Dictionary<string, ConfidenceInterval>? Intervals(List<ExperimentRun> runs, CancellationToken cancellationToken)
    {
        var intervals = new Dictionary<string, ConfidenceInterval>();
        foreach (var (name, first) in runs[0].ByUser)
        {
            var all = runs.Select(run => run.ByUser[name]).Where(users => users.Length == first.Length && users.Zip(first).All(pair => pair.First.User == pair.Second.User && pair.First.Weight == pair.Second.Weight)).ToArray();
            var mean = first.Select((user, i) => user with { Value = all.Average(users => users[i].Value) }).ToArray();
            intervals[name] = Bootstrap.Interval(mean, cancellationToken: cancellationToken);
        }

        if (runs[0].Examples is { } examples)
        {
            var all = runs.Select(run => run.Examples!).Where(run => run.Labels.AsSpan().SequenceEqual(examples.Labels) && run.Users.AsSpan().SequenceEqual(examples.Users));
            intervals["auc"] = Bootstrap.AucInterval([.. all.Select(run => run.Scores)], examples.Labels, examples.Users, cancellationToken: cancellationToken);
        }

        return intervals.Count == 0 ? null : intervals;
    }

    private static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }
}
