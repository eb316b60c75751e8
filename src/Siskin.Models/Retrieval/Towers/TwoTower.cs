using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph;

namespace Siskin.Models.Retrieval.Towers;

/// <summary>A perceptron over what is known of the user, one over what is known of the item, and their vectors' inner product.</summary>
/// <remarks>Yi et al. 2019, "Sampling-bias-corrected neural modeling for large corpus item recommendations"; frequencies are counted instead of estimated from a stream.</remarks>
public sealed record TwoTower
{
    /// <summary>Names of the inputs of the user's side.</summary>
    public required IReadOnlyList<string> UserInputs { get; init; }

    /// <summary>Names of the inputs of the item's side.</summary>
    public required IReadOnlyList<string> ItemInputs { get; init; }

    /// <summary>Name of the field that says which item it is; its id 0 is none.</summary>
    public required string Item { get; init; }

    /// <summary>Numbers per embedding.</summary>
    /// <value>32.</value>
    [Range(1, 4096)]
    public int EmbeddingDimensions { get; init; } = 32;

    /// <summary>Widths of the layers of each tower before the last.</summary>
    /// <value>128.</value>
    public IReadOnlyList<int> Layers { get; init; } = [128];

    /// <summary>Numbers of the vectors, d.</summary>
    /// <value>64.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 64;

    /// <summary>Temperature of the softmax over normalised vectors.</summary>
    /// <value>0.1.</value>
    [Range(1e-3, 1e3)]
    public float Temperature { get; init; } = 0.1f;

    /// <summary>How often each item occurs in the examples, by id; null does not correct for it.</summary>
    public IReadOnlyList<int>? Frequencies { get; init; }

    /// <summary>Puts the model together.</summary>
    /// <param name="layout">What an example consists of.</param>
    /// <param name="seed">Seed of the starting values.</param>
    /// <returns>A graph of two outputs of d columns: the user's vector and the item's, both of length 1.</returns>
    public ModelGraph Build(ExampleLayout layout, int seed = 1)
    {
        OptionsValidation.Check(this);
        var g = new GraphBuilder("TwoTower", layout, seed);
        var user = Tower(g, UserInputs);
        var item = Tower(g, ItemInputs);
        g.InBatchSoftmax(user, item, Item, new SoftmaxSettings { Temperature = Temperature, Frequencies = Frequencies });
        return g.Build(user, item);
    }

    private Node Tower(GraphBuilder g, IReadOnlyList<string> inputs) =>
        g.Normalize(g.Dense(g.Mlp(g.InputsOf(inputs, EmbeddingDimensions), Layers), Dimensions));
}
