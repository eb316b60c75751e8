using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph;

namespace Siskin.Models.Ranking.Deep;

/// <summary>One perceptron that all labels share, and a small one on top of it for each (Caruana 1997): click and conversion, say.</summary>
public sealed record SharedBottom : IRankingArchitecture
{
    /// <summary>Numbers per embedding, d.</summary>
    /// <value>16.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 16;

    /// <summary>Widths of the perceptron that is shared.</summary>
    /// <value>128.</value>
    public IReadOnlyList<int> Layers { get; init; } = [128];

    /// <summary>Widths of each label's own perceptron.</summary>
    /// <value>64.</value>
    public IReadOnlyList<int> TowerLayers { get; init; } = [64];

    /// <summary>Weight of each label's loss, in the order of the layout's labels; empty for 1 each.</summary>
    /// <value>Empty.</value>
    public IReadOnlyList<float> LossWeights { get; init; } = [];

    /// <summary>Share of each shared layer that is dropped in training.</summary>
    /// <value>0.</value>
    [Range(0, 0.95)]
    public float Dropout { get; init; }

    /// <summary>λ of the embeddings.</summary>
    /// <value>0.</value>
    [Range(0.0, 1e6)]
    public float L2 { get; init; }

    /// <summary>Puts the model together: a logit for each label of the layout, in their order.</summary>
    /// <param name="layout">What an example consists of.</param>
    /// <param name="seed">Seed of the starting values.</param>
    /// <exception cref="ArgumentException">There is another number of loss weights than of labels.</exception>
    public ModelGraph Build(ExampleLayout layout, int seed = 1)
    {
        OptionsValidation.Check(this);
        var g = new GraphBuilder("SharedBottom", layout, seed);
        var shared = g.Mlp(g.Inputs(Dimensions, new ParameterSettings { L2 = L2 }), Layers, dropout: Dropout);
        var towers = new Towers(layout, LossWeights);
        return g.Build([.. layout.Labels.Select(label => towers.Add(g, shared, TowerLayers, label))]);
    }
}
