using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph;

namespace Siskin.Models.Ranking.Deep;

/// <summary>Multi-gate mixture of experts (Ma et al. 2018): every label mixes the same experts by a gate of its own.</summary>
public sealed record Mmoe : IRankingArchitecture
{
    /// <summary>Numbers per embedding, d.</summary>
    /// <value>16.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 16;

    /// <summary>How many experts.</summary>
    /// <value>4.</value>
    [Range(2, 4096)]
    public int Experts { get; init; } = 4;

    /// <summary>Widths of each expert's perceptron, at least one.</summary>
    /// <value>64.</value>
    public IReadOnlyList<int> ExpertLayers { get; init; } = [64];

    /// <summary>Widths of each label's own perceptron.</summary>
    /// <value>32.</value>
    public IReadOnlyList<int> TowerLayers { get; init; } = [32];

    /// <summary>Weight of each label's loss, in the order of the layout's labels; empty for 1 each.</summary>
    /// <value>Empty.</value>
    public IReadOnlyList<float> LossWeights { get; init; } = [];

    /// <summary>Share of each expert's layers that is dropped in training.</summary>
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
    /// <exception cref="ArgumentException">There are fewer than two experts, or another number of loss weights than of labels.</exception>
    public ModelGraph Build(ExampleLayout layout, int seed = 1)
    {
        OptionsValidation.Check(this);
        var g = new GraphBuilder("MMoE", layout, seed);
        var x = g.Inputs(Dimensions, new ParameterSettings { L2 = L2 });
        var experts = Enumerable.Range(0, Experts).Select(_ => g.Mlp(x, ExpertLayers, dropout: Dropout)).ToArray();
        var towers = new Towers(layout, LossWeights);
        return g.Build([.. layout.Labels.Select(label =>
        {
            var gates = g.Softmax(g.Dense(x, Experts, hasBias: false, name: "gate"));
            return towers.Add(g, g.Mixture(gates, experts), TowerLayers, label);
        })]);
    }
}
