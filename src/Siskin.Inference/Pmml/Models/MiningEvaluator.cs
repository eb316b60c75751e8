using System.Xml.Linq;
using Siskin.Inference.Pmml.Expressions;
using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>MiningModel: several models, put together in one of the ways of segmentation.</summary>
internal sealed class MiningEvaluator : PmmlEvaluator
{
    private readonly (string Id, PmmlPredicate Holds, PmmlUnit Model, double Weight)[] _segments;
    private readonly string _method;
    private readonly string _missing;
    private readonly double _missingThreshold;
    private readonly bool _isClassification;
    private readonly FlatForest? _forest;
    private readonly string[] _categories;
    private readonly bool _keepsSegments;
    private readonly PmmlSymbols _symbols;

    public MiningEvaluator(XElement element, PmmlScope scope, PmmlField? target)
    {
        _symbols = scope.Program.Symbols;
        _isClassification = element.Required("functionName") == "classification";
        var segmentation = element.RequiredChild("Segmentation");
        _method = segmentation.Choice(
            "multipleModelMethod", null, "majorityVote", "weightedMajorityVote", "average", "weightedAverage", "median", "weightedMedian", "x-weightedMedian", "max", "sum", "weightedSum", "x-weightedSum", "selectFirst", "selectAll", "modelChain", "multiModelChain", "x-multiModelChain");
        _missing = segmentation.Choice("missingPredictionTreatment", "continue", "continue", "skipSegment", "returnMissing");
        _missingThreshold = segmentation.Number("missingThreshold") ?? 1;
        _keepsSegments = _method == "selectAll" || element.Descendants().Any(output => output.Name.LocalName == "OutputField" && output.Text("segmentId") is not null);
        var isChain = _method.EndsWith("hain", StringComparison.Ordinal);
        var elements = segmentation.Children("Segment").ToArray();
        if (elements.Length == 0)
        {
            throw segmentation.Fail("it has no segments");
        }

        var segments = new List<(string, PmmlPredicate, PmmlUnit, double)>();
        foreach (var (segment, i) in elements.Select((segment, i) => (segment, i)))
        {
            var holds = PredicateCompiler.Of(segment, scope);
            var unit = ModelCompiler.Compile(segment.Elements().FirstOrDefault(ModelCompiler.IsModel) ?? throw segment.Fail("it has no model"), scope, target);
            segments.Add((segment.Text("id") ?? (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), holds, unit, segment.Number("weight") ?? 1));
            foreach (var output in isChain ? unit.Outputs : [])
            {
                scope.Add(output.Field);
            }
        }

        _segments = [.. segments];
        _categories = [.. (target?.Values.Select(PmmlTypes.Text) ?? []).Distinct()];
        if (_method is "sum" or "average" or "weightedAverage" or "weightedSum" && !_isClassification && !_keepsSegments)
        {
            _forest = Flat(elements, scope);
        }
    }

    /// <summary>Outputs of the models of a chain; empty of other ensembles.</summary>
    public IReadOnlyList<PmmlOutput> ChainOutputs => _method.EndsWith("hain", StringComparison.Ordinal) ? [.. _segments.SelectMany(segment => segment.Model.Outputs)] : [];

    public override PmmlResult Evaluate(PmmlFrame frame)
    {
        if (_forest is not null && Fast(frame) is { } fast)
        {
            return fast;
        }

        var results = new List<(PmmlResult Result, double Weight)>();
        var (last, missing, all) = (PmmlResult.None, 0.0, 0.0);
        var segments = _keepsSegments ? new Dictionary<string, PmmlResult>(StringComparer.Ordinal) : null;
        foreach (var (id, holds, model, weight) in _segments)
        {
            if (holds(frame) != true)
            {
                continue;
            }

            var result = model.Evaluate(frame);
            segments?.TryAdd(id, result);
            last = result;
            if (_method == "selectFirst")
            {
                break;
            }

            if (_method.EndsWith("hain", StringComparison.Ordinal))
            {
                continue;
            }

            all += weight;
            if (result.Prediction.IsMissing)
            {
                if (_missing == "returnMissing")
                {
                    return PmmlResult.None;
                }

                missing += weight;
                if (_missing == "skipSegment")
                {
                    continue;
                }
            }

            results.Add((result, weight));
        }

        var combined = _method switch
        {
            "selectFirst" or "modelChain" or "multiModelChain" or "x-multiModelChain" => last,
            "selectAll" => results.Count > 0 ? results[0].Result : PmmlResult.None,
            _ when results.Count == 0 || (missing > 0 && missing / all > _missingThreshold) => PmmlResult.None,
            _ => _isClassification ? Vote(results) : PmmlResult.Of(Number(results)),
        };
        if (segments is not null)
        {
            combined.Segments = segments;
        }

        return combined;
    }

    private static FlatForest? Flat(XElement[] segments, PmmlScope scope)
    {
        // Only where nothing is around the trees that would change what they see or say.
        if (segments.Any(segment => segment.Child("True") is null || segment.Child("TreeModel") is not { } tree || tree.Required("functionName") != "regression" || tree.Child("LocalTransformations") is not null
            || tree.Child("Targets") is not null || tree.Child("Output") is not null || tree.Child("MiningSchema")?.Children("MiningField").Any(field => field.Attributes().Any(attribute => attribute.Name.LocalName is not ("name" or "usageType" or "importance" or "optype"))) != false))
        {
            return null;
        }

        return FlatForest.Compile([.. segments.Select(segment => segment.RequiredChild("TreeModel"))], scope, leaf => leaf.Number("score") ?? double.NaN);
    }

    private PmmlResult? Fast(PmmlFrame frame)
    {
        Span<double> leaves = _forest!.Count <= 1024 ? stackalloc double[_forest.Count] : new double[_forest.Count];
        if (!_forest.Walk(frame, leaves))
        {
            return null;
        }

        var (sum, weights) = (0.0, 0.0);
        if (_method is "sum" or "average")
        {
            foreach (var leaf in leaves)
            {
                sum += leaf;
            }

            return PmmlResult.Of(_method == "sum" ? sum : sum / leaves.Length);
        }

        for (var i = 0; i < leaves.Length; i++)
        {
            sum += _segments[i].Weight * leaves[i];
            weights += _segments[i].Weight;
        }

        return PmmlResult.Of(_method == "weightedSum" ? sum : sum / weights);
    }

    private double Number(List<(PmmlResult Result, double Weight)> results)
    {
        switch (_method)
        {
            case "sum":
                return results.Sum(result => result.Result.Prediction.Number);
            case "weightedSum" or "x-weightedSum":
                return results.Sum(result => result.Weight * result.Result.Prediction.Number);
            case "average":
                return results.Average(result => result.Result.Prediction.Number);
            case "weightedAverage":
                return results.Sum(result => result.Weight * result.Result.Prediction.Number) / results.Sum(result => result.Weight);
            case "max":
                return results.Max(result => result.Result.Prediction.Number);
        }

        // The median: where half of the weight is reached.
        var sorted = results.Select(result => (result.Result.Prediction.Number, Weight: _method == "median" ? 1 : result.Weight)).OrderBy(result => result.Number).ToArray();
        var (half, sum) = (sorted.Sum(result => result.Weight) / 2, 0.0);
        for (var i = 0; i < sorted.Length; i++)
        {
            sum += sorted[i].Weight;
            if (sum == half && i + 1 < sorted.Length)
            {
                return (sorted[i].Number + sorted[i + 1].Number) / 2;
            }

            if (sum > half)
            {
                return sorted[i].Number;
            }
        }

        return double.NaN;
    }

    private PmmlResult Vote(List<(PmmlResult Result, double Weight)> results)
    {
        var categories = _categories.Length > 0 ? _categories : [.. results.SelectMany(result => result.Result.Categories).Distinct()];
        var shares = new double[categories.Length];
        switch (_method)
        {
            case "majorityVote" or "weightedMajorityVote":
                var total = 0.0;
                foreach (var (result, own) in results)
                {
                    var weight = _method == "majorityVote" ? 1 : own;
                    total += weight;
                    if (result.Prediction is { IsMissing: false } prediction && Array.IndexOf(categories, PmmlTypes.Text(prediction)) is var at && at >= 0)
                    {
                        shares[at] += weight;
                    }
                }

                Scale(1 / total);
                break;
            case "max":
                // The probabilities of the model that is most sure of any category.
                var best = results.MaxBy(result => categories.Max(category => result.Result.Probability(category))).Result;
                shares = [.. categories.Select(best.Probability)];
                break;
            case "median" or "weightedMedian" or "x-weightedMedian":
                shares = [.. categories.Select(category => Number([.. results.Select(result => (PmmlResult.Of(result.Result.Probability(category)), result.Weight))]))];
                Scale(1 / shares.Sum());
                break;
            default:
                var weights = _method.StartsWith("weighted", StringComparison.Ordinal) || _method.StartsWith("x-", StringComparison.Ordinal);
                foreach (var (result, own) in results)
                {
                    for (var i = 0; i < shares.Length; i++)
                    {
                        shares[i] += (weights ? own : 1) * result.Probability(categories[i]) is var share && double.IsNaN(share) ? 0 : share;
                    }
                }

                Scale(1 / results.Sum(result => weights ? result.Weight : 1));
                break;
        }

        return PmmlResult.Of(categories, shares, _symbols);

        void Scale(double factor)
        {
            for (var i = 0; i < shares.Length; i++)
            {
                shares[i] *= factor;
            }
        }
    }
}
