using Siskin.Models.Graph.Operators;

namespace Siskin.Models.Graph;

public sealed partial class GraphBuilder
{
    /// <summary>The state of a gated recurrent unit after each element of an example's sequence: elements × h.</summary>
    /// <param name="elements">elements × d.</param>
    /// <param name="hidden">Numbers of a state, h. The first state is zero.</param>
    /// <param name="settings">How W and U are trained; the biases are trained alike but without a penalty.</param>
    /// <param name="name">For messages.</param>
    /// <remarks>
    /// Cho et al. 2014, with the equations, parameters and starting values of torch.nn.GRU:
    /// r = σ(x·Wᵣ + bᵣ + h·Uᵣ + cᵣ), z = σ(x·W_z + b_z + h·U_z + c_z), n = tanh(x·Wₙ + bₙ + r ⊙ (h·Uₙ + cₙ)), h′ = (1 − z) ⊙ n + z ⊙ h.
    /// W is d × 3h and U h × 3h, the transposes of PyTorch's weight_ih_l0 and weight_hh_l0, in the order r, z, n.
    /// </remarks>
    public Node Gru(Node elements, int hidden, ParameterSettings? settings = null, string name = "gru") => Recurrent(elements, null, hidden, settings, name);

    /// <summary>A gated recurrent unit whose update gate is multiplied by a weight of each element (AUGRU, Zhou et al. 2019): elements × h.</summary>
    /// <param name="elements">elements × d.</param>
    /// <param name="weights">elements × 1, 0 to 1: an element of weight 0 leaves the state as it is, and with weights of 1 this is <see cref="Gru"/>.</param>
    /// <param name="hidden">Numbers of a state, h. The first state is zero.</param>
    /// <param name="settings">How W and U are trained; the biases are trained alike but without a penalty.</param>
    /// <param name="name">For messages.</param>
    /// <remarks>h′ = (1 − a·u) ⊙ h + a·u ⊙ n, where the paper's update gate u is 1 − z of <see cref="Gru"/>.</remarks>
    public Node AttentionalGru(Node elements, Node weights, int hidden, ParameterSettings? settings = null, string name = "augru")
    {
        ArgumentNullException.ThrowIfNull(elements);
        ArgumentNullException.ThrowIfNull(weights);
        CheckElements(elements, elements.Width);
        if (weights.Rows != elements.Rows || weights.Width != 1)
        {
            throw new ArgumentException($"{weights} is not one number for each row of {elements}", nameof(weights));
        }

        return Recurrent(elements, weights, hidden, settings, name);
    }

    /// <summary>The largest number of each column among an example's elements: examples × d. Zero for an example without elements.</summary>
    /// <param name="elements">elements × d. Of equal numbers the first has the gradient.</param>
    public Node MaxPool(Node elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        CheckElements(elements, elements.Width);
        return Add(node => new MaxPool(node, elements), elements.Width, RowDomain.Examples, "max", elements.HasGradient);
    }

    /// <summary>Trains each state to tell the element that follows it from one that does not, by their inner products (the auxiliary loss of DIEN, Zhou et al. 2019).</summary>
    /// <param name="states">elements × d.</param>
    /// <param name="elements">elements × d, of the same sequence.</param>
    /// <param name="negatives">elements × d, of a sequence of the same lengths: what did not follow, each in the place of the element that did. The first is not used.</param>
    /// <param name="weight">Of this loss among others.</param>
    /// <remarks>
    /// The mean over the batch of each example's mean over all its elements but the last; the paper adds up instead. In training an
    /// <see cref="ArgumentException"/> is thrown where lengths differ; scoring does not look at the negatives, which may be left empty then.
    /// </remarks>
    public void NextElementEntropy(Node states, Node elements, Node negatives, float weight = 1)
    {
        ArgumentNullException.ThrowIfNull(states);
        ArgumentNullException.ThrowIfNull(elements);
        ArgumentNullException.ThrowIfNull(negatives);
        CheckElements(states, elements.Width);
        CheckElements(negatives, elements.Width);
        CheckSame(states, elements);
        _losses.Add(new NextElementEntropy(states, elements, negatives, weight));
    }

    /// <summary>The logit of the probability that two things happen, σ(a)·σ(b), from their logits.</summary>
    /// <param name="a">rows × columns.</param>
    /// <param name="b">rows × columns.</param>
    public Node ProbabilityProduct(Node a, Node b)
    {
        CheckSame(a, b);
        return Add(node => new ProbabilityProduct(node, a, b), a.Width, a.Rows, "both", a.HasGradient || b.HasGradient);
    }

    private Node Recurrent(Node elements, Node? weights, int hidden, ParameterSettings? settings, string name)
    {
        ArgumentNullException.ThrowIfNull(elements);
        ArgumentOutOfRangeException.ThrowIfLessThan(hidden, 1);
        CheckElements(elements, elements.Width);
        var uniform = Initialization.Uniform(1 / MathF.Sqrt(hidden));
        var unpunished = settings is null ? null : settings with { L2 = 0 };
        var input = AddParameter(name + ".input", elements.Width, 3 * hidden, uniform, settings);
        var recurrent = AddParameter(name + ".recurrent", hidden, 3 * hidden, uniform, settings);
        var inputBias = AddParameter(name + ".inputBias", 1, 3 * hidden, uniform, unpunished);
        var recurrentBias = AddParameter(name + ".recurrentBias", 1, 3 * hidden, uniform, unpunished);
        return Add(node => new Gru(node, elements, weights, input, recurrent, inputBias, recurrentBias), hidden, elements.Rows, name, hasGradient: true);
    }
}
