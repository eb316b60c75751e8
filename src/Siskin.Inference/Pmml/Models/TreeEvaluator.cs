using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Siskin.Inference.Pmml.Expressions;
using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>TreeModel, as its nodes are.</summary>
internal sealed class TreeEvaluator : PmmlEvaluator
{
    private readonly TreeNode _root;
    private readonly string _missing;
    private readonly bool _returnsLast;
    private readonly double _penalty;
    private readonly bool _isClassification;
    private readonly string[] _categories;
    private readonly PmmlSymbols _symbols;

    public TreeEvaluator(XElement element, PmmlScope scope, PmmlField? target)
    {
        _symbols = scope.Program.Symbols;
        _isClassification = element.Required("functionName") == "classification";
        _missing = element.Choice("missingValueStrategy", "none", "none", "lastPrediction", "nullPrediction", "defaultChild", "weightedConfidence", "aggregateNodes");
        _penalty = element.Number("missingValuePenalty") ?? 1;
        _returnsLast = element.Choice("noTrueChildStrategy", "returnNullPrediction", "returnNullPrediction", "returnLastPrediction") == "returnLastPrediction";
        var root = element.RequiredChild("Node");
        var listed = target?.Values.Select(PmmlTypes.Text) ?? [];
        _categories = _isClassification
            ? [.. listed.Concat(root.DescendantsAndSelf().Where(node => node.Name.LocalName == "ScoreDistribution").Select(node => node.Required("value"))).Concat(root.DescendantsAndSelf().Where(node => node.Name.LocalName == "Node").Select(node => node.Text("score")).OfType<string>()).Distinct()]
            : [];
        _root = Node(root, scope);
    }

    /// <summary>For those who walk it another way.</summary>
    public TreeNode Root => _root;

    public override PmmlResult Evaluate(PmmlFrame frame)
    {
        if (_root.Predicate(frame) != true)
        {
            return PmmlResult.None;
        }

        var (node, penalty) = (_root, 1.0);
        while (node.Children.Length > 0)
        {
            TreeNode? next = null;
            var isUnknown = false;
            foreach (var child in node.Children)
            {
                var truth = child.Predicate(frame);
                if (truth == true)
                {
                    next = child;
                    break;
                }

                if (truth is null && _missing != "none")
                {
                    isUnknown = true;
                    break;
                }
            }

            if (isUnknown)
            {
                switch (_missing)
                {
                    case "lastPrediction":
                        return Result(node, penalty);
                    case "nullPrediction":
                        return PmmlResult.None;
                    case "defaultChild":
                        if (node.Default is null)
                        {
                            return PmmlResult.None;
                        }

                        (next, penalty) = (node.Default, penalty * _penalty);
                        break;
                    default:
                        return Aggregate(node, frame, penalty);
                }
            }

            if (next is null)
            {
                return _returnsLast ? Result(node, penalty) : PmmlResult.None;
            }

            node = next;
        }

        return Result(node, penalty);
    }

    private PmmlResult Result(TreeNode node, double penalty)
    {
        if (!_isClassification)
        {
            return new PmmlResult { Prediction = node.Score, Entity = node.Id };
        }

        var confidences = node.Confidences ?? node.Probabilities;
        return new PmmlResult
        {
            Prediction = node.Score,
            Categories = _categories,
            Probabilities = node.Probabilities ?? [],
            Confidences = confidences is null || penalty == 1 ? confidences : [.. confidences.Select(confidence => confidence * penalty)],
            Entity = node.Id,
        };
    }

    // All leaves that the row may belong to, each with the share of records that went there.
    private PmmlResult Aggregate(TreeNode node, PmmlFrame frame, double penalty)
    {
        var leaves = new List<(TreeNode Leaf, double Weight)>();
        Collect(node, frame, 1, leaves);
        var total = leaves.Sum(leaf => leaf.Weight);
        if (total == 0)
        {
            return PmmlResult.None;
        }

        if (!_isClassification)
        {
            return PmmlResult.Of(leaves.Sum(leaf => leaf.Weight * leaf.Leaf.Score.Number) / total);
        }

        var probabilities = new double[_categories.Length];
        foreach (var (leaf, weight) in leaves)
        {
            var own = _missing == "weightedConfidence" ? leaf.Confidences ?? leaf.Probabilities : leaf.Probabilities;
            for (var i = 0; own is not null && i < probabilities.Length; i++)
            {
                probabilities[i] += weight / total * (double.IsNaN(own[i]) ? 0 : own[i]) * (_missing == "weightedConfidence" ? penalty : 1);
            }
        }

        return PmmlResult.Of(_categories, probabilities, _symbols);
    }

    private void Collect(TreeNode node, PmmlFrame frame, double weight, List<(TreeNode Leaf, double Weight)> leaves)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (node.Children.Length == 0)
        {
            leaves.Add((node, weight));
            return;
        }

        if (node.Children.FirstOrDefault(child => child.Predicate(frame) == true) is { } only && !node.Children.TakeWhile(child => child != only).Any(child => child.Predicate(frame) is null))
        {
            Collect(only, frame, weight, leaves);
            return;
        }

        var open = node.Children.Where(child => child.Predicate(frame) != false).ToArray();
        var records = open.Sum(child => child.Records);
        foreach (var child in open)
        {
            Collect(child, frame, records > 0 ? weight * child.Records / records : weight / open.Length, leaves);
        }
    }

    private TreeNode Node(XElement element, PmmlScope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if ((element.Child("Regression") ?? element.Child("DecisionTree")) is { } within)
        {
            throw within.Fail("models within nodes are not supported");
        }

        var distributions = element.Children("ScoreDistribution").ToArray();
        double[]? counts = null, probabilities = null, confidences = null;
        if (_isClassification && distributions.Length > 0)
        {
            (counts, probabilities) = (new double[_categories.Length], new double[_categories.Length]);
            var total = distributions.Sum(distribution => distribution.RequiredNumber("recordCount"));
            foreach (var distribution in distributions)
            {
                var at = Array.IndexOf(_categories, distribution.Required("value"));
                counts[at] = distribution.RequiredNumber("recordCount");
                probabilities[at] = distribution.Number("probability") ?? (total == 0 ? 0 : counts[at] / total);
                if (distribution.Number("confidence") is { } confidence)
                {
                    (confidences ??= new double[_categories.Length])[at] = confidence;
                }
            }
        }

        // Without a score a node predicts the category that most of its records have.
        var score = element.Text("score") ?? (counts is null || counts.Sum() == 0 ? null : _categories[Array.IndexOf(counts, counts.Max())]);
        var value = PmmlValue.Missing;
        if (score is not null && _isClassification)
        {
            value = _symbols.Value(score);
        }
        else if (score is not null)
        {
            value = PmmlTypes.Number(score, out var number) ? PmmlValue.Of(number) : throw element.Fail($"the score '{score}' is not a number");
        }

        var children = element.Children("Node").ToArray();
        var node = new TreeNode
        {
            Predicate = PredicateCompiler.Of(element, scope),
            Id = element.Text("id"),
            Score = value,
            Records = element.Number("recordCount") ?? counts?.Sum() ?? 0,
            Children = [.. children.Select(child => Node(child, scope))],
            Counts = counts,
            Probabilities = probabilities,
            Confidences = confidences,
        };
        if (element.Text("defaultChild") is { } id)
        {
            node.Default = node.Children.FirstOrDefault(child => child.Id == id) ?? throw element.Fail($"the default child '{id}' is none of its children");
        }

        return node;
    }
}
