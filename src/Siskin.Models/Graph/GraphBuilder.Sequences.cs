using Siskin.Models.Graph.Operators;

namespace Siskin.Models.Graph;

public sealed partial class GraphBuilder
{
    /// <summary>Each element beside the target of its example, [e, t, e − t, e ⊙ t]: elements × 4d (Zhou et al. 2018).</summary>
    /// <param name="elements">elements × d.</param>
    /// <param name="target">examples × d.</param>
    public Node TargetComparison(Node elements, Node target)
    {
        CheckElements(elements, target.Width);
        if (!target.Rows.IsExamples)
        {
            throw new ArgumentException($"{target} has not one row per example", nameof(target));
        }

        return Add(node => new TargetComparison(node, elements, target), 4 * elements.Width, elements.Rows, "comparison", elements.HasGradient || target.HasGradient);
    }

    /// <summary>The sum of an example's elements, each times its weight: examples × d. Zero for an example without elements.</summary>
    /// <param name="weights">elements × 1.</param>
    /// <param name="elements">elements × d.</param>
    public Node WeightedPool(Node weights, Node elements)
    {
        CheckElements(elements, elements.Width);
        if (weights.Rows != elements.Rows || weights.Width != 1)
        {
            throw new ArgumentException($"{weights} is not one number for each row of {elements}", nameof(weights));
        }

        return Add(node => new WeightedPool(node, weights, elements), elements.Width, RowDomain.Examples, "pool", weights.HasGradient || elements.HasGradient);
    }

    /// <summary>x where it is above zero, α·x below, with an α learned for each column, 0.25 at the start (He et al. 2015).</summary>
    /// <param name="x">rows × columns.</param>
    public Node ParametricRelu(Node x)
    {
        var slope = AddParameter("prelu", 1, x.Width, Initialization.Constant(0.25f), null);
        return Add(node => new ParametricRelu(node, x, slope), x.Width, x.Rows, "prelu", hasGradient: true);
    }

    /// <summary>The mean of an example's elements: examples × d. Zero for an example without elements.</summary>
    /// <param name="elements">elements × d.</param>
    public Node MeanPool(Node elements)
    {
        CheckElements(elements, elements.Width);
        return Add(node => new Pool(node, elements, isMean: true), elements.Width, RowDomain.Examples, "mean", elements.HasGradient);
    }

    /// <summary>The sum of an example's elements: examples × d.</summary>
    /// <param name="elements">elements × d.</param>
    public Node SumPool(Node elements)
    {
        CheckElements(elements, elements.Width);
        return Add(node => new Pool(node, elements, isMean: false), elements.Width, RowDomain.Examples, "total", elements.HasGradient);
    }

    /// <summary>The row of an example for each of its elements: elements × d.</summary>
    /// <param name="x">examples × d.</param>
    /// <param name="sequence">Name of the sequence.</param>
    public Node Repeat(Node x, string sequence)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!x.Rows.IsExamples)
        {
            throw new ArgumentException($"{x} has not one row per example", nameof(x));
        }

        return Add(node => new Repeat(node, x), x.Width, RowDomain.Elements(Layout.Sequence(sequence)), "repeat", x.HasGradient);
    }

    private static void CheckElements(Node elements, int width)
    {
        if (elements.Rows.IsExamples || elements.Width != width)
        {
            throw new ArgumentException($"{elements} is not one row of {width} numbers per element of a sequence", nameof(elements));
        }
    }
}
