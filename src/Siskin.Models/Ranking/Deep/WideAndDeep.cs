using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph;
using Siskin.Models.Graph.Optimizers;

namespace Siskin.Models.Ranking.Deep;

/// <summary>Wide&amp;Deep (Cheng et al. 2016): a linear part trained by FTRL beside a perceptron over embeddings.</summary>
public sealed record WideAndDeep : IRankingArchitecture
{
    /// <summary>Numbers per embedding, d.</summary>
    /// <value>16.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 16;

    /// <summary>Widths of the perceptron.</summary>
    /// <value>128, 64.</value>
    public IReadOnlyList<int> Layers { get; init; } = [128, 64];

    /// <summary>Share of each layer that is dropped in training.</summary>
    /// <value>0.</value>
    [Range(0, 0.95)]
    public float Dropout { get; init; }

    /// <summary>λ of the embeddings.</summary>
    /// <value>0.</value>
    [Range(0.0, 1e6)]
    public float L2 { get; init; }

    /// <inheritdoc/>
    public ModelGraph Build(ExampleLayout layout, int seed = 1)
    {
        OptionsValidation.Check(this);
        var g = new GraphBuilder("Wide&Deep", layout, seed);
        var settings = new ParameterSettings { L2 = L2 };
        var wide = g.Wide(new ParameterSettings { Optimizer = new Ftrl(0.05f, l1: 1e-5f) });
        var logit = g.Sum(wide, g.Dense(g.Mlp(g.Inputs(Dimensions, settings), Layers, dropout: Dropout), 1));
        g.BinaryCrossEntropy(logit);
        return g.Build(logit);
    }
}
