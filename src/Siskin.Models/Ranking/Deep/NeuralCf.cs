using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph;

namespace Siskin.Models.Ranking.Deep;

/// <summary>Neural collaborative filtering (He et al. 2017): products of a user's and an item's embeddings beside a perceptron over others.</summary>
public sealed record NeuralCf : IRankingArchitecture
{
    /// <summary>Name of the user's field.</summary>
    /// <value>user.</value>
    public string User { get; init; } = "user";

    /// <summary>Name of the item's field.</summary>
    /// <value>item.</value>
    public string Item { get; init; } = "item";

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
        var g = new GraphBuilder("NeuralCF", layout, seed);
        var settings = new ParameterSettings { L2 = L2 };
        var (users, items) = (layout.Fields[layout.Field(User)].Count, layout.Fields[layout.Field(Item)].Count);
        var product = g.Multiply(
            g.Embed((g.Table("mf.user", users, Dimensions, settings: settings), User)),
            g.Embed((g.Table("mf.item", items, Dimensions, settings: settings), Item)));
        var pair = g.Embed(
            (g.Table("mlp.user", users, Dimensions, settings: settings), User),
            (g.Table("mlp.item", items, Dimensions, settings: settings), Item));
        var logit = g.Dense(g.Concat(product, g.Mlp(pair, Layers, dropout: Dropout)), 1);
        g.BinaryCrossEntropy(logit);
        return g.Build(logit);
    }
}
