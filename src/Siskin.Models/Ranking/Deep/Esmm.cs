using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph;

namespace Siskin.Models.Ranking.Deep;

/// <summary>Entire space multi-task model (Ma et al. 2018): a conversion is a click times a conversion after it, so that both are learnt from all impressions.</summary>
public sealed record Esmm : IRankingArchitecture
{
    /// <summary>Numbers per embedding, d; both parts share the embeddings.</summary>
    /// <value>16.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 16;

    /// <summary>Widths of each of the two perceptrons.</summary>
    /// <value>128, 64.</value>
    public IReadOnlyList<int> Layers { get; init; } = [128, 64];

    /// <summary>Weight of the conversion's loss; the click's is 1.</summary>
    /// <value>1.</value>
    [Range(0.0, 1e6)]
    public float ConversionWeight { get; init; } = 1;

    /// <summary>Share of each layer that is dropped in training.</summary>
    /// <value>0.</value>
    [Range(0, 0.95)]
    public float Dropout { get; init; }

    /// <summary>λ of the embeddings.</summary>
    /// <value>0.</value>
    [Range(0.0, 1e6)]
    public float L2 { get; init; }

    /// <summary>Puts the model together. Outputs: logits of a click, and of a click with a conversion.</summary>
    /// <param name="layout">What an example consists of: two labels, whether an impression was clicked, and whether it was clicked and converted.</param>
    /// <param name="seed">Seed of the starting values.</param>
    /// <exception cref="ArgumentException">There are not two labels.</exception>
    public ModelGraph Build(ExampleLayout layout, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(layout);
        if (layout.Labels.Count != 2)
        {
            throw new ArgumentException($"a click and a conversion are needed, not {layout.Labels.Count} labels", nameof(layout));
        }

        OptionsValidation.Check(this);
        var g = new GraphBuilder("ESMM", layout, seed);
        var x = g.Inputs(Dimensions, new ParameterSettings { L2 = L2 });
        var click = g.Dense(g.Mlp(x, Layers, dropout: Dropout), 1);
        var after = g.Dense(g.Mlp(x, Layers, dropout: Dropout), 1);
        var both = g.ProbabilityProduct(click, after);
        g.BinaryCrossEntropy(click, layout.Labels[0]);
        g.BinaryCrossEntropy(both, layout.Labels[1], ConversionWeight);
        return g.Build(click, both);
    }
}
