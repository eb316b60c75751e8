using Siskin.Models.Graph;

namespace Siskin.Models.Ranking.Deep;

/// <summary>What models of several labels end in.</summary>
internal sealed class Towers
{
    private readonly ExampleLayout _layout;
    private readonly IReadOnlyList<float> _weights;

    /// <param name="layout">What an example consists of.</param>
    /// <param name="weights">Of each label's loss; empty for 1 each.</param>
    /// <exception cref="ArgumentException">There is another number of weights than of labels, or one that is negative or not finite.</exception>
    public Towers(ExampleLayout layout, IReadOnlyList<float> weights)
    {
        if (weights.Count > 0 && weights.Count != layout.Labels.Count)
        {
            throw new ArgumentException($"{weights.Count} loss weights for {layout.Labels.Count} labels", nameof(weights));
        }

        foreach (var weight in weights)
        {
            if (!(weight >= 0) || !float.IsFinite(weight))
            {
                throw new ArgumentException($"a loss weight of {weight} is below 0 or not finite", nameof(weights));
            }
        }

        (_layout, _weights) = (layout, weights);
    }

    /// <summary>Weight of a label's loss.</summary>
    public float WeightOf(string label) => _weights.Count == 0 ? 1 : _weights[_layout.Label(label)];

    /// <summary>A perceptron that ends in a logit, and its loss.</summary>
    public Node Add(GraphBuilder g, Node x, IReadOnlyList<int> layers, string label)
    {
        var logit = g.Dense(g.Mlp(x, layers), 1);
        g.BinaryCrossEntropy(logit, label, WeightOf(label));
        return logit;
    }
}
