using Siskin.Models.Graph;
using Siskin.Vectors.Persistence;

namespace Siskin.Models.Training;

/// <summary>The file from which training goes on: parameters, what optimisers remember, the best parameters, and the results so far.</summary>
internal static unsafe class TrainingCheckpoint
{
    private const string Kind = "checkpoint";
    private const int Version = 1;
    private const int EpochNumbers = 5;

    public static void Write(string path, ModelGraph graph, TrainingState state, GraphTrainerOptions options)
    {
        using var writer = new IndexFileWriter(path, Kind, Version);
        writer.Metadata.Set("model", Describe(graph, options));
        writer.Metadata.Set("steps", state.Steps);
        writer.Metadata.Set("best", state.BestEpoch);
        writer.WriteSection<double>("epochs", [.. state.Epochs.SelectMany(epoch => new[] { epoch.Loss, epoch.ValidationScore, epoch.ValidationLogLoss, epoch.Seconds, epoch.ExamplesPerSecond })]);
        foreach (var parameter in graph.Parameters)
        {
            writer.WriteSection(Section(parameter, "values"), sizeof(float), parameter.Values, parameter.Length * sizeof(float));
            for (var s = 0; s < parameter.States; s++)
            {
                writer.WriteSection(Section(parameter, $"state{s}"), sizeof(float), parameter.State(s), parameter.Length * sizeof(float));
            }

            writer.WriteSection<float>(Section(parameter, "best"), state.Best[parameter.Index]);
        }

        writer.Commit();
    }

    /// <exception cref="Siskin.Vectors.ModelFormatException">The file is damaged or is of another model or other settings.</exception>
    public static void Read(string path, ModelGraph graph, TrainingState state, GraphTrainerOptions options)
    {
        using var file = IndexFile.Open(path, Kind, Version, Version);
        var (found, wanted) = (file.Metadata.Text("model"), Describe(graph, options));
        if (found != wanted)
        {
            throw file.Invalid($"it is a checkpoint of '{found}', not of '{wanted}'");
        }

        // Everything is read before anything changes.
        var epochs = file.Section("epochs", sizeof(double)).ToArray<double>();
        if (epochs.Length % EpochNumbers != 0)
        {
            throw file.Invalid($"{epochs.Length} numbers are no whole number of epochs");
        }

        var steps = file.Metadata.Int64("steps", 0, long.MaxValue);
        var bestEpoch = file.Metadata.Int32("best", 0, epochs.Length / EpochNumbers);
        var sections = new List<(float[] From, nint To)>();
        foreach (var parameter in graph.Parameters)
        {
            sections.Add((file.Section(Section(parameter, "values"), sizeof(float), parameter.Length).ToArray<float>(), (nint)parameter.Values));
            for (var s = 0; s < parameter.States; s++)
            {
                sections.Add((file.Section(Section(parameter, $"state{s}"), sizeof(float), parameter.Length).ToArray<float>(), (nint)parameter.State(s)));
            }
        }

        var best = graph.Parameters.Select(parameter => file.Section(Section(parameter, "best"), sizeof(float), parameter.Length).ToArray<float>()).ToArray();
        foreach (var (from, to) in sections)
        {
            from.CopyTo(new Span<float>((float*)to, from.Length));
        }

        for (var p = 0; p < best.Length; p++)
        {
            best[p].CopyTo(state.Best[p], 0);
        }

        (state.Steps, state.BestEpoch) = (steps, bestEpoch);
        for (var i = 0; i < epochs.Length; i += EpochNumbers)
        {
            state.Epochs.Add(new EpochResult((i / EpochNumbers) + 1, epochs[i], epochs[i + 1], epochs[i + 2], epochs[i + 3], epochs[i + 4]));
        }
    }

    private static string Section(Parameter parameter, string part) => $"{parameter.Index}.{part}";

    // What must be the same for the steps to come to be the same.
    private static string Describe(ModelGraph graph, GraphTrainerOptions options) =>
        $"{graph.Name} of {graph.ParameterCount} numbers, batch {options.BatchSize}, {options.Optimizer.GetType().Name} {options.Optimizer.LearningRate}, seeds {graph.Seed} and {options.Seed}";
}
