using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph;

namespace Siskin.Models.Ranking.Deep;

/// <summary>Deep interest network (Zhou et al. 2018): the history weighted by how much it has to do with the candidate.</summary>
public sealed record Din : IRankingArchitecture
{
    /// <summary>Name of the categorical field that is the candidate.</summary>
    /// <value><c>item</c>.</value>
    public string Target { get; init; } = "item";

    /// <summary>Name of the sequence that is the history, with the candidate's ids.</summary>
    /// <value><c>history</c>.</value>
    public string History { get; init; } = "history";

    /// <summary>Numbers per embedding, d.</summary>
    /// <value>16.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 16;

    /// <summary>Widths of the perceptron that gives the weight of an element.</summary>
    /// <value>36.</value>
    public IReadOnlyList<int> AttentionLayers { get; init; } = [36];

    /// <summary>Widths of the perceptron.</summary>
    /// <value>200, 80.</value>
    public IReadOnlyList<int> Layers { get; init; } = [200, 80];

    /// <summary>λ of the embeddings.</summary>
    /// <value>0.</value>
    [Range(0.0, 1e6)]
    public float L2 { get; init; }

    /// <inheritdoc/>
    public ModelGraph Build(ExampleLayout layout, int seed = 1)
    {
        OptionsValidation.Check(this);
        var g = new GraphBuilder("DIN", layout, seed);
        var settings = new ParameterSettings { L2 = L2 };
        var items = g.Table("item", Math.Max(layout.Fields[layout.Field(Target)].Count, layout.Sequences[layout.Sequence(History)].Count), Dimensions, settings: settings);
        var target = g.Embed((items, Target));
        var history = g.EmbedSequence(items, History);
        var others = layout.Fields.Where(field => field.Name != Target).ToArray();

        // The weights are not normalised: how strong an interest is counts too.
        var hidden = g.TargetComparison(history, target);
        foreach (var width in AttentionLayers)
        {
            hidden = g.ParametricRelu(g.Dense(hidden, width));
        }

        var interest = g.WeightedPool(g.Dense(hidden, 1), history);
        var inputs = new List<Node> { interest, target };
        if (others.Length > 0)
        {
            inputs.Add(g.Embed([.. others.Select(field => (g.Table(field.Name, field.Count, Dimensions, settings: settings), field.Name))]));
        }

        if (layout.Numbers.Count > 0)
        {
            inputs.Add(g.Numbers());
        }

        var x = g.Concat([.. inputs]);
        foreach (var width in Layers)
        {
            x = g.ParametricRelu(g.Dense(x, width));
        }

        var logit = g.Dense(x, 1);
        g.BinaryCrossEntropy(logit);
        return g.Build(logit);
    }
}
