using Siskin.Data.Datasets;
using Siskin.Models.Features;
using Siskin.Models.Interactions;
using Siskin.Offline.Jobs;

namespace Siskin.Offline.Experiments;

/// <summary>A data set in the forms that protocols ask for.</summary>
public sealed class ExperimentData
{
    private static readonly string[] Untimed = ["adjacency", "ncf", "sequences"];

    private ExperimentData(string name, string format) => (Name, Format) = (name, format);

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>Its format.</summary>
    public string Format { get; }

    /// <summary>Whether events have times of their own, so that one moment can cut all users.</summary>
    public bool HasTimes => !Untimed.Contains(Format, StringComparer.Ordinal) && Clicks is not { IsTemporal: false };

    /// <summary>Whether the items of a user have an order.</summary>
    public bool HasOrder => Format is not ("adjacency" or "ncf") && Data is not null;

    /// <summary>Pairs of users and items; null for data of clicks with features.</summary>
    public TrainingData? Data { get; private init; }

    /// <summary>The pairs that the data's makers keep apart; empty when they keep none.</summary>
    public Interaction[] Test { get; private init; } = [];

    /// <summary>Clicks with features; null where the data has none.</summary>
    public ClickDataset? Clicks { get; private init; }

    /// <summary>Held-back items with given negatives; null where the data has none.</summary>
    public LeaveOneOutFiles? Negatives { get; private init; }

    /// <summary>Reads a data set in the forms that some models ask for.</summary>
    /// <param name="specification">Format and path, as <see cref="DatasetFormats"/> has them, or <c>ctr-csv:DIR</c>.</param>
    /// <param name="isRanking">Whether clicks with features are wanted.</param>
    /// <param name="onNote">Gets what is odd.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentException">The data has not what is wanted.</exception>
    /// <exception cref="DatasetFormatException">A file is missing or malformed; says where.</exception>
    public static async Task<ExperimentData> ReadAsync(string specification, bool isRanking, Action<string>? onNote = null, CancellationToken cancellationToken = default)
    {
        if (specification.StartsWith("ctr-csv:", StringComparison.Ordinal))
        {
            var folder = specification["ctr-csv:".Length..];
            return isRanking
                ? new(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), "ctr-csv") { Clicks = await ClickDatasets.ReadSamplesAsync(folder, cancellationToken).ConfigureAwait(false) }
                : throw new ArgumentException("ctr-csv data are clicks with features, for ranking models");
        }

        var (format, path) = DatasetFormats.Parse(specification);
        var source = await DatasetFormats.OpenAsync(specification, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (isRanking)
        {
            return Untimed.Contains(format, StringComparer.Ordinal)
                ? throw new ArgumentException($"ranking models need clicks with features, or ratings with times; {format} data have neither")
                : new(source.Name, format) { Clicks = await ClickDatasets.FromRatingsAsync(source, cancellationToken: cancellationToken).ConfigureAwait(false) };
        }

        var context = new DatasetReadContext { OnNote = onNote, IsStrict = format is "adjacency" or "sequences" };
        var (data, test) = await TrainingData.ReadAsync(source, context, cancellationToken).ConfigureAwait(false);
        if (context.BadRows > 0)
        {
            onNote?.Invoke($"{context.BadRows:N0} of {context.RowsRead:N0} rows could not be used; 'siskin import' shows which");
        }

        if (data.Pairs.Length == 0)
        {
            throw new ArgumentException($"{source.Name} has no training events");
        }

        return new(source.Name, format)
        {
            Data = data,
            Test = test,
            Negatives = format == "ncf" && Directory.EnumerateFiles(path, "*.test.negative").Any() ? await LeaveOneOutFiles.ReadAsync(path, cancellationToken).ConfigureAwait(false) : null,
        };
    }

    /// <summary>The input with what the data says of items and of the order of events.</summary>
    internal TrainingInput Describe(TrainingInput input)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var values = Data!.Items.Select(item => item.Tags.Select(tag => $"tag {tag}")
            .Concat(item.Attributes.Where(attribute => attribute.Value.Text is not null).OrderBy(attribute => attribute.Key, StringComparer.Ordinal).Select(attribute => $"{attribute.Key} = {attribute.Value.Text}"))
            .Select(value =>
            {
                numbers.TryAdd(value, numbers.Count);
                return numbers[value];
            }).ToArray()).ToArray();
        return input with { HasOrder = HasOrder, ItemValues = numbers.Count == 0 ? [] : values, ValueCount = numbers.Count };
    }
}
