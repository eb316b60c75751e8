using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph;

namespace Siskin.Models.Sequences;

/// <summary>A gated recurrent unit over the items taken, against vectors of items.</summary>
/// <remarks>Hidasi et al. 2016, "Session-based recommendations with recurrent neural networks", with a softmax over items as its loss.</remarks>
public sealed record Gru4Rec : ISequenceArchitecture
{
    /// <inheritdoc/>
    public string Name => "GRU4Rec";

    /// <inheritdoc/>
    /// <value>50.</value>
    [Range(1, 1000)]
    public int MaxLength { get; init; } = 50;

    /// <inheritdoc/>
    /// <value>64.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 64;

    /// <summary>Numbers of a state.</summary>
    /// <value>64.</value>
    [Range(1, 4096)]
    public int Hidden { get; init; } = 64;

    /// <summary>Share of numbers that are dropped in training.</summary>
    /// <value>0.3.</value>
    [Range(0, 0.95)]
    public float Dropout { get; init; } = 0.3f;

    /// <summary>Items drawn for the softmax; 0 takes all.</summary>
    /// <value>0.</value>
    [Range(0, 1 << 20)]
    public int Negatives { get; init; }

    /// <inheritdoc/>
    public SequenceGraph Build(ExampleLayout layout, int seed)
    {
        OptionsValidation.Check(this);
        var g = new GraphBuilder(Name, layout, seed);
        var count = layout.Sequences[layout.Sequence(SequenceExamples.Items)].Count;
        var items = g.DenseTable("items", count, Dimensions, Initialization.Normal(1 / MathF.Sqrt(Dimensions)));
        var states = g.Gru(g.Dropout(g.EmbedSequence(items, SequenceExamples.Items), Dropout), Hidden);
        var vectors = g.Dense(g.Dropout(states, Dropout), Dimensions);
        g.ItemSoftmax(vectors, items, SequenceExamples.Next, new SoftmaxSettings { Negatives = Negatives });
        return new SequenceGraph(g.Build(g.Last(vectors)), items);
    }
}
