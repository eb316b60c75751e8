using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph;

namespace Siskin.Models.Ranking.Deep;

/// <summary>DeepFM (Guo et al. 2017): a factorisation machine and a perceptron over the same embeddings.</summary>
public sealed record DeepFm : IRankingArchitecture
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
        var g = new GraphBuilder("DeepFM", layout, seed);
        var settings = new ParameterSettings { L2 = L2 };
        var embeddings = g.Embeddings(Dimensions, settings: settings);
        var deep = g.Mlp(g.Inputs(embeddings, Dimensions, settings), Layers, dropout: Dropout);
        var logit = g.Sum(
            g.Wide(settings),
            g.FactorizationMachine(embeddings, Dimensions),
            g.Dense(deep, 1));
        g.BinaryCrossEntropy(logit);
        return g.Build(logit);
    }
}
