using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph;

namespace Siskin.Models.Ranking.Deep;

/// <summary>Factorisation machine (Rendle 2010): a linear part and the products of all pairs of embeddings.</summary>
public sealed record FactorizationMachineModel : IRankingArchitecture
{
    /// <summary>Numbers per embedding, d.</summary>
    /// <value>16.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 16;

    /// <summary>λ of the embeddings.</summary>
    /// <value>0.</value>
    [Range(0.0, 1e6)]
    public float L2 { get; init; }

    /// <inheritdoc/>
    public ModelGraph Build(ExampleLayout layout, int seed = 1)
    {
        OptionsValidation.Check(this);
        var g = new GraphBuilder("FM", layout, seed);
        var settings = new ParameterSettings { L2 = L2 };
        var embeddings = g.Embeddings(Dimensions, settings: settings);
        var logit = g.Sum(g.Wide(settings), g.FactorizationMachine(embeddings, Dimensions));
        g.BinaryCrossEntropy(logit);
        return g.Build(logit);
    }
}
