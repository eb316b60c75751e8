using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph;

namespace Siskin.Models.Ranking.Deep;

/// <summary>Deep interest evolution network (Zhou et al. 2019): interests as states over the history, and how those that have to do with the candidate went on.</summary>
public sealed record Dien : IRankingArchitecture
{
    /// <summary>Name of the categorical field that is the candidate.</summary>
    /// <value><c>item</c>.</value>
    public string Target { get; init; } = "item";

    /// <summary>Name of the sequence that is the history, oldest first, with the candidate's ids.</summary>
    /// <value><c>history</c>.</value>
    public string History { get; init; } = "history";

    /// <summary>Name of a sequence of ids that the user did not choose, one in the place of each of the history; it may be empty in scoring.</summary>
    /// <value>Null: no auxiliary loss.</value>
    public string? Negatives { get; init; }

    /// <summary>Weight of the auxiliary loss, which has each state foretell the next element.</summary>
    /// <value>1.</value>
    [Range(0.0, 1e6)]
    public float AuxiliaryWeight { get; init; } = 1;

    /// <summary>Numbers per embedding, d.</summary>
    /// <value>16.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 16;

    /// <summary>Numbers per state of both recurrent layers. Where it is not d, the auxiliary loss compares states after a linear layer.</summary>
    /// <value>16.</value>
    [Range(1, 4096)]
    public int Hidden { get; init; } = 16;

    /// <summary>Widths of the perceptron.</summary>
    /// <value>200, 80.</value>
    public IReadOnlyList<int> Layers { get; init; } = [200, 80];

    /// <summary>Whether the perceptron has Dice, as in the paper, or the cheaper PReLU.</summary>
    /// <value>False.</value>
    public bool HasDice { get; init; }

    /// <summary>λ of the embeddings.</summary>
    /// <value>0.</value>
    [Range(0.0, 1e6)]
    public float L2 { get; init; }

    /// <inheritdoc/>
    public ModelGraph Build(ExampleLayout layout, int seed = 1)
    {
        OptionsValidation.Check(this);
        var g = new GraphBuilder("DIEN", layout, seed);
        var settings = new ParameterSettings { L2 = L2 };
        var ids = layout.Sequences.Where(sequence => sequence.Name == History || sequence.Name == Negatives).Max(sequence => (int?)sequence.Count) ?? 1;
        var items = g.Table("item", Math.Max(layout.Fields[layout.Field(Target)].Count, ids), Dimensions, settings: settings);
        var target = g.Embed((items, Target));
        var history = g.EmbedSequence(items, History);
        var others = layout.Fields.Where(field => field.Name != Target).ToArray();

        var interests = g.Gru(history, Hidden, name: "extractor");
        if (Negatives is not null)
        {
            var foretold = Hidden == Dimensions ? interests : g.Dense(interests, Dimensions, name: "foretold");
            g.NextElementEntropy(foretold, history, g.EmbedSequence(items, Negatives), AuxiliaryWeight);
        }

        // h·W·e of each interest and the candidate, as shares that add up to one.
        var question = g.Dense(target, Hidden, hasBias: false, name: "attention");
        var shares = g.Softmax(g.RowDot(interests, g.Repeat(question, History)));
        var evolution = g.Last(g.AttentionalGru(interests, shares, Hidden, name: "evolution"));

        var inputs = new List<Node> { evolution, target };
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
            var layer = g.Dense(x, width);
            x = HasDice ? g.Dice(layer) : g.ParametricRelu(layer);
        }

        var logit = g.Dense(x, 1);
        g.BinaryCrossEntropy(logit);
        return g.Build(logit);
    }
}
