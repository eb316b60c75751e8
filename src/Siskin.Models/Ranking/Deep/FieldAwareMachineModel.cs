using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph;

namespace Siskin.Models.Ranking.Deep;

/// <summary>Field-aware factorisation machine (Juan et al. 2016): each field has an embedding of its own towards every other.</summary>
public sealed record FieldAwareMachineModel : IRankingArchitecture
{
    /// <summary>Numbers per embedding, k.</summary>
    /// <value>4.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 4;

    /// <summary>λ of the embeddings.</summary>
    /// <value>0.</value>
    [Range(0.0, 1e6)]
    public float L2 { get; init; }

    /// <inheritdoc/>
    public ModelGraph Build(ExampleLayout layout, int seed = 1)
    {
        OptionsValidation.Check(this);
        var g = new GraphBuilder("FFM", layout, seed);
        var settings = new ParameterSettings { L2 = L2 };
        var fields = layout.Fields.Count;
        var embeddings = g.Embeddings(fields * Dimensions, settings: settings);
        var logit = g.Sum(g.Wide(settings), g.FieldAwareMachine(embeddings, fields));
        g.BinaryCrossEntropy(logit);
        return g.Build(logit);
    }
}
