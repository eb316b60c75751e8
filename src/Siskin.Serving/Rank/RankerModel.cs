using System.Text.Json;
using Siskin.Models.Graph;
using Siskin.Models.Ranking.Deep;
using Siskin.Vectors;

namespace Siskin.Serving.Rank;

/// <summary>A model of the graph that ranks in the place of the blend's logistic regression: over the blend's features, the candidate and its tags, and the user's history.</summary>
/// <remarks>Its file lies in the release beside a description from which the same graph is built again. Immutable once trained; safe for concurrent use.</remarks>
public sealed class RankerModel
{
    /// <summary>Most tags of an item that are looked at.</summary>
    public const int MaxTags = 16;

    /// <summary>Name of the field that is the candidate: its row plus 1, or 0 for one that the training did not know.</summary>
    public const string ItemField = "item";

    /// <summary>Name of the sequence of the candidate's tags.</summary>
    public const string TagSequence = "tags";

    /// <summary>Name of the sequence of the user's latest items, oldest first.</summary>
    public const string HistorySequence = "history";

    private RankerModel(RankerDescription description, ExampleLayout layout, ModelGraph graph) => (Description, Layout, Graph) = (description, layout, graph);

    /// <summary>What it is made of.</summary>
    public RankerDescription Description { get; }

    /// <summary>Its inputs.</summary>
    public ExampleLayout Layout { get; }

    /// <summary>The graph, with one logit.</summary>
    public ModelGraph Graph { get; }

    /// <summary>An untrained one.</summary>
    /// <param name="description">What it is made of.</param>
    /// <param name="seed">Seed of the starting values.</param>
    /// <exception cref="ArgumentException">There is no such model, or a setting is wrong.</exception>
    public static RankerModel Create(RankerDescription description, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(description);
        if (description.Means.Count != description.Features.Count || description.Scales.Count != description.Features.Count)
        {
            throw new ArgumentException($"{description.Means.Count} means and {description.Scales.Count} scales for {description.Features.Count} features", nameof(description));
        }

        var layout = new ExampleLayout
        {
            Fields = [new(ItemField, description.ItemCount + 1)],
            Numbers = description.Features,
            Sequences = [new(TagSequence, description.TagCount + 1, MaxTags), new(HistorySequence, description.ItemCount + 1, description.HistoryLength)],
            Labels = ["taken"],
        };
        return new RankerModel(description, layout, RankingModel.Find(description.Model).With(description.Settings).Build(layout, seed));
    }

    /// <summary>Features as the graph takes them: less the mean, times the scale of each.</summary>
    /// <param name="features">Row-major, candidates × features, as <see cref="RankFeatures"/> writes them.</param>
    /// <param name="numbers">Output, of the same shape.</param>
    public void Scale(ReadOnlySpan<float> features, Span<float> numbers)
    {
        var width = Description.Features.Count;
        for (var i = 0; i < features.Length; i++)
        {
            numbers[i] = (features[i] - Description.Means[i % width]) * Description.Scales[i % width];
        }
    }

    /// <summary>Writes the description and the parameters.</summary>
    internal void Write(string description, string parameters)
    {
        using (var stream = new FileStream(description, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(stream, Description, Releases.ReleaseJson.Default.RankerDescription);
            stream.Flush(flushToDisk: true);
        }

        ModelGraphFile.Write(parameters, Graph);
    }

    /// <exception cref="ModelFormatException">A file is damaged, or the two do not fit to each other or to the release.</exception>
    internal static RankerModel Read(string description, string parameters, int items)
    {
        RankerModel model;
        try
        {
            using var stream = File.OpenRead(description);
            var read = JsonSerializer.Deserialize(stream, Releases.ReleaseJson.Default.RankerDescription) ?? throw new ModelFormatException(description, -1, "is empty");
            model = read.ItemCount <= items
                ? Create(read)
                : throw new ModelFormatException(description, -1, $"says {read.ItemCount} items; the release has {items}");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new ModelFormatException(description, -1, e.Message);
        }

        ModelGraphFile.Read(parameters, model.Graph);
        return model;
    }
}
