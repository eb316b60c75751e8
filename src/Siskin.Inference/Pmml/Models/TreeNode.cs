using Siskin.Inference.Pmml.Expressions;
using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>A node of a tree.</summary>
internal sealed class TreeNode
{
    public required PmmlPredicate Predicate { get; init; }

    public required string? Id { get; init; }

    /// <summary>What it predicts; missing when nothing.</summary>
    public required PmmlValue Score { get; init; }

    public required double Records { get; init; }

    public required TreeNode[] Children { get; init; }

    /// <summary>Where rows go that no predicate of a child can be told of.</summary>
    public TreeNode? Default { get; set; }

    /// <summary>Records by category of the model; null when it says nothing of them.</summary>
    public required double[]? Counts { get; init; }

    /// <summary>Probabilities by category.</summary>
    public required double[]? Probabilities { get; init; }

    public required double[]? Confidences { get; init; }
}
