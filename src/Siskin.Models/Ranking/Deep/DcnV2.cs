using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph;

namespace Siskin.Models.Ranking.Deep;

/// <summary>DCN-v2 (Wang et al. 2021): cross layers beside a perceptron over the same inputs.</summary>
public sealed record DcnV2 : IRankingArchitecture
{
    /// <summary>Numbers per embedding, d.</summary>
    /// <value>16.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 16;

    /// <summary>Cross layers.</summary>
    /// <value>3.</value>
    [Range(1, 4096)]
    public int CrossLayers { get; init; } = 3;

    /// <summary>Rank of their matrices; 0 for full ones.</summary>
    /// <value>0.</value>
    [Range(0, 4096)]
    public int Rank { get; init; }

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
        var g = new GraphBuilder("DCN-v2", layout, seed);
        var settings = new ParameterSettings { L2 = L2 };
        var x0 = g.Inputs(Dimensions, settings);
        var x = x0;
        for (var layer = 0; layer < CrossLayers; layer++)
        {
            x = g.Cross(x0, x, Rank);
        }

        var logit = g.Dense(g.Concat(x, g.Mlp(x0, Layers, dropout: Dropout)), 1);
        g.BinaryCrossEntropy(logit);
        return g.Build(logit);
    }
}
