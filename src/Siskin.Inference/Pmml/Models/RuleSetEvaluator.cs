using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Siskin.Inference.Pmml.Expressions;
using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>RuleSetModel: the first rule that holds, or the best by weight.</summary>
internal sealed class RuleSetEvaluator : PmmlEvaluator
{
    private readonly (PmmlPredicate Holds, string Score, double Weight, double Confidence, string? Id)[] _rules;
    private readonly string _criterion;
    private readonly string? _defaultScore;
    private readonly double _defaultConfidence;
    private readonly string[] _categories;
    private readonly PmmlSymbols _symbols;

    public RuleSetEvaluator(XElement element, PmmlScope scope, PmmlField? target)
    {
        _symbols = scope.Program.Symbols;
        var set = element.RequiredChild("RuleSet");

        // Of several methods the first is to be used.
        _criterion = set.RequiredChild("RuleSelectionMethod").Choice("criterion", null, "firstHit", "weightedSum", "weightedMax");
        (_defaultScore, _defaultConfidence) = (set.Text("defaultScore"), set.Number("defaultConfidence") ?? double.NaN);
        var rules = new List<(PmmlPredicate, string, double, double, string?)>();
        Add(set, _ => true);
        _rules = [.. rules];
        _categories = [.. (target?.Values.Select(PmmlTypes.Text) ?? []).Concat(_rules.Select(rule => rule.Score)).Concat(_defaultScore is null ? [] : [_defaultScore]).Distinct()];

        // A rule within others holds where they all do.
        void Add(XElement parent, PmmlPredicate outer)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            foreach (var rule in parent.Elements())
            {
                if (rule.Name.LocalName is not ("SimpleRule" or "CompoundRule"))
                {
                    continue;
                }

                var own = PredicateCompiler.Of(rule, scope);
                PmmlPredicate both = frame => outer(frame) == true && own(frame) == true;
                if (rule.Name.LocalName == "CompoundRule")
                {
                    Add(rule, both);
                }
                else
                {
                    rules.Add((both, rule.Required("score"), rule.Number("weight") ?? 1, rule.Number("confidence") ?? 1, rule.Text("id")));
                }
            }
        }
    }

    public override PmmlResult Evaluate(PmmlFrame frame)
    {
        var (weights, counts, best, hits) = (new double[_categories.Length], new int[_categories.Length], -1, 0);
        for (var i = 0; i < _rules.Length; i++)
        {
            if (_rules[i].Holds(frame) != true)
            {
                continue;
            }

            hits++;
            if (_criterion == "firstHit")
            {
                return Result(_rules[i].Score, _rules[i].Confidence, _rules[i].Id);
            }

            var at = Array.IndexOf(_categories, _rules[i].Score);
            weights[at] += _rules[i].Weight;
            counts[at]++;
            best = best < 0 || _rules[i].Weight > _rules[best].Weight ? i : best;
        }

        if (best < 0)
        {
            return _defaultScore is null ? PmmlResult.None : Result(_defaultScore, _defaultConfidence, null);
        }

        if (_criterion == "weightedMax")
        {
            return Result(_rules[best].Score, _rules[best].Confidence, _rules[best].Id);
        }

        var winner = Array.IndexOf(weights, weights.Max());
        return Result(_categories[winner], weights[winner] / hits, _rules.First(rule => rule.Score == _categories[winner] && rule.Holds(frame) == true).Id);
    }

    private PmmlResult Result(string score, double confidence, string? id)
    {
        var confidences = new double[_categories.Length];
        confidences[Array.IndexOf(_categories, score)] = confidence;
        return new PmmlResult { Prediction = _symbols.Value(score), Categories = _categories, Probabilities = confidences, Confidences = confidences, Entity = id };
    }
}
