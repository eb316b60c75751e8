using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph;

namespace Siskin.Models.Ranking.Deep;

/// <summary>FinalMLP (Mao et al. 2023): two perceptrons over gated inputs, whose results are multiplied head by head.</summary>
public sealed record FinalMlp : IRankingArchitecture
{
    /// <summary>Numbers per embedding, d.</summary>
    /// <value>16.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 16;

    /// <summary>Widths of the first perceptron.</summary>
    /// <value>128, 64.</value>
    public IReadOnlyList<int> FirstLayers { get; init; } = [128, 64];

    /// <summary>Widths of the second perceptron.</summary>
    /// <value>128, 64.</value>
    public IReadOnlyList<int> SecondLayers { get; init; } = [128, 64];

    /// <summary>Width of the layer that gives the gates.</summary>
    /// <value>64.</value>
    [Range(1, 4096)]
    public int GateWidth { get; init; } = 64;

    /// <summary>Heads; both last widths are multiples.</summary>
    /// <value>4.</value>
    [Range(1, 4096)]
    public int Heads { get; init; } = 4;

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
        var g = new GraphBuilder("FinalMLP", layout, seed);
        var settings = new ParameterSettings { L2 = L2 };
        var x = g.Inputs(Dimensions, settings);
        var first = g.Mlp(Gated(g, x), FirstLayers, dropout: Dropout);
        var second = g.Mlp(Gated(g, x), SecondLayers, dropout: Dropout);
        if (first.Width % Heads != 0 || second.Width % Heads != 0)
        {
            throw new ArgumentException($"last layers of {first.Width} and {second.Width} are no multiples of {Heads} heads");
        }

        var parts = new List<Node> { g.Dense(first, 1), g.Dense(second, 1, hasBias: false) };
        for (var head = 0; head < Heads; head++)
        {
            var (left, right) = (g.Slice(first, head * first.Width / Heads, first.Width / Heads), g.Slice(second, head * second.Width / Heads, second.Width / Heads));
            parts.Add(g.RowDot(g.Dense(left, right.Width, hasBias: false), right));
        }

        var logit = g.Sum([.. parts]);
        g.BinaryCrossEntropy(logit);
        return g.Build(logit);
    }

    // Factors of 0 to 2 for each input, 1 for inputs that nothing is known of.
    private Node Gated(GraphBuilder g, Node x) =>
        g.Multiply(x, g.Scale(g.Dense(g.Dense(x, GateWidth, Activation.Relu), x.Width, Activation.Sigmoid), 2));
}
