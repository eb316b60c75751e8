using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Siskin.Models.Graph;
using Siskin.Vectors.Persistence;

namespace Siskin.Models.Training;

/// <summary>The file from which training goes on: parameters, what optimisers remember, the best parameters, and the results so far.</summary>
internal static unsafe class TrainingCheckpoint
{
    private const string Kind = "checkpoint";
    private const int Version = 2;
    private const int EpochNumbers = 5;

    public static void Write(string path, string identity, ModelGraph graph, TrainingState state)
    {
        using var writer = new IndexFileWriter(path, Kind, Version);
        writer.Metadata.Set("model", identity);
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
    public static void Read(string path, string identity, ModelGraph graph, TrainingState state)
    {
        using var file = IndexFile.Open(path, Kind, Version, Version);
        var found = file.Metadata.Text("model");
        if (found != identity)
        {
            throw file.Invalid($"it is a checkpoint of '{found}', not of '{identity}'; delete it to train from the start");
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

    /// <summary>What must be the same for the steps to come to be the same: graph, examples and settings, but how long to train and on how many threads.</summary>
    public static string Identity(ModelGraph graph, ExampleTable examples, GraphTrainerOptions options)
    {
        var structure = new StringBuilder();
        foreach (var op in graph.Operators)
        {
            structure.Append(CultureInfo.InvariantCulture, $"{op.GetType().Name} {op.Settings} {op.Output.Index} of {string.Join(' ', op.Inputs.Select(input => input.Index))}\n");
        }

        foreach (var loss in graph.Losses)
        {
            structure.Append(CultureInfo.InvariantCulture, $"{loss.GetType().Name} {loss.Settings} of {string.Join(' ', loss.Inputs.Select(input => input.Index))}\n");
        }

        foreach (var parameter in graph.Parameters)
        {
            var settings = parameter.Settings;
            structure.Append(CultureInfo.InvariantCulture, $"{parameter.Name} {parameter.Rows} {parameter.Columns} {settings.L2} {settings.RateFactor} {settings.Optimizer}\n");
        }

        var schedule = options.Schedule;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{graph.Name} of {graph.ParameterCount} numbers (structure {Hash(structure.ToString()):x16}), batch {options.BatchSize}, {options.Optimizer}, warm-up {schedule.WarmUpSteps}, decay {schedule.DecayPerEpoch} and {schedule.DecayOnPlateau}, clip {options.ClipNorm}, seeds {graph.Seed} and {options.Seed}, {examples.Count} examples ({Hash(examples):x16})");
    }

    private static ulong Hash(string text) => IndexFileLayout.Hash(MemoryMarshal.AsBytes(text.AsSpan()));

    private static ulong Hash(ExampleTable examples)
    {
        var hashes = new List<ulong>
        {
            IndexFileLayout.Hash(MemoryMarshal.AsBytes(examples.Ids.AsSpan())),
            IndexFileLayout.Hash(MemoryMarshal.AsBytes(examples.Numbers.AsSpan())),
            IndexFileLayout.Hash(MemoryMarshal.AsBytes(examples.Labels.AsSpan())),
        };
        foreach (var sequence in examples.Sequences)
        {
            hashes.Add(IndexFileLayout.Hash(MemoryMarshal.AsBytes(sequence.Offsets.AsSpan())));
            hashes.Add(IndexFileLayout.Hash(MemoryMarshal.AsBytes(sequence.Ids.AsSpan())));
        }

        return IndexFileLayout.Hash(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(hashes)));
    }
}
