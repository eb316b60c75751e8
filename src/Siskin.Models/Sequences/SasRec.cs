using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph;

namespace Siskin.Models.Sequences;

/// <summary>Self-attentive sequential recommendation: blocks of causal attention and a two-layer perceptron over the items taken.</summary>
/// <remarks>
/// Kang and McAuley 2018. Differs from the paper: the loss is a softmax over items instead of one negative for each
/// positive (Klenitskiy and Vasilev 2023), layers are normalised before they are used everywhere, and places count from the latest item.
/// </remarks>
public sealed record SasRec : ISequenceArchitecture
{
    /// <inheritdoc/>
    public string Name => "SASRec";

    /// <inheritdoc/>
    /// <value>50.</value>
    [Range(1, 1000)]
    public int MaxLength { get; init; } = 50;

    /// <inheritdoc/>
    /// <value>64.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 64;

    /// <summary>Blocks.</summary>
    /// <value>2.</value>
    [Range(1, 64)]
    public int Blocks { get; init; } = 2;

    /// <summary>Heads of attention; divides the dimensions.</summary>
    /// <value>1.</value>
    [Range(1, 64)]
    public int Heads { get; init; } = 1;

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
        var items = g.DenseTable("items", layout.Sequences[layout.Sequence(SequenceExamples.Items)].Count, Dimensions, Initialization.Normal(1 / MathF.Sqrt(Dimensions)));
        var x = g.Dropout(g.Sum(g.EmbedSequence(items, SequenceExamples.Items), g.Places(SequenceExamples.Items, Dimensions)), Dropout);
        for (var block = 0; block < Blocks; block++)
        {
            var normal = g.LayerNorm(x);
            var attention = g.CausalAttention(g.Dense(normal, Dimensions), g.Dense(normal, Dimensions), g.Dense(normal, Dimensions), Heads);
            x = g.Sum(x, g.Dropout(g.Dense(attention, Dimensions), Dropout));
            var hidden = g.Dropout(g.Dense(g.LayerNorm(x), Dimensions, Activation.Relu), Dropout);
            x = g.Sum(x, g.Dropout(g.Dense(hidden, Dimensions), Dropout));
        }

        var states = g.LayerNorm(x);
        g.ItemSoftmax(states, items, SequenceExamples.Next, new SoftmaxSettings { Negatives = Negatives });
        return new SequenceGraph(g.Build(g.Last(states)), items);
    }
}
