using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph;

namespace Siskin.Models.Sequences;

/// <summary>The mean of the items taken, through a perceptron, against vectors of items.</summary>
/// <remarks>Covington, Adams and Sargin 2016, the candidate generation; histories are the only input. Each item of a history is foretold from those before it.</remarks>
public sealed record YouTubeDnn : ISequenceArchitecture
{
    /// <inheritdoc/>
    public string Name => "YouTubeDNN";

    /// <inheritdoc/>
    /// <value>50.</value>
    [Range(1, 1000)]
    public int MaxLength { get; init; } = 50;

    /// <inheritdoc/>
    /// <value>64.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 64;

    /// <summary>Widths of the layers before the last, which has the vector's.</summary>
    /// <value>128.</value>
    public IReadOnlyList<int> Layers { get; init; } = [128];

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
        var start = Initialization.Normal(1 / MathF.Sqrt(Dimensions));
        var taken = g.DenseTable("taken", count, Dimensions, start);
        var items = g.DenseTable("items", count, Dimensions, start);
        var x = g.Mlp(g.CausalMean(g.EmbedSequence(taken, SequenceExamples.Items)), Layers, dropout: Dropout);
        var states = g.Dense(x, Dimensions);
        g.ItemSoftmax(states, items, SequenceExamples.Next, new SoftmaxSettings { Negatives = Negatives });
        return new SequenceGraph(g.Build(g.Last(states)), items);
    }
}
