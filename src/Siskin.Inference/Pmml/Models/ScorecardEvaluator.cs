using System.Xml.Linq;
using Siskin.Inference.Pmml.Expressions;
using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>Scorecard: partial scores of characteristics added up, with the reasons that cost most.</summary>
internal sealed class ScorecardEvaluator : PmmlEvaluator
{
    private readonly double _initial;
    private readonly bool _pointsBelow;
    private readonly (double Baseline, (PmmlPredicate Holds, PmmlExpression Score, string? Reason)[] Attributes)[] _characteristics;

    public ScorecardEvaluator(XElement element, PmmlScope scope)
    {
        _initial = element.Number("initialScore") ?? 0;
        var useReasons = element.Truth("useReasonCodes", otherwise: true);
        _pointsBelow = element.Choice("reasonCodeAlgorithm", "pointsBelow", "pointsAbove", "pointsBelow") == "pointsBelow";
        _characteristics = [.. element.RequiredChild("Characteristics").Children("Characteristic").Select(characteristic => (
            Baseline: characteristic.Number("baselineScore") ?? element.Number("baselineScore") ?? (useReasons ? throw characteristic.Fail("it has no 'baselineScore'") : 0),
            Attributes: characteristic.Children("Attribute").Select(attribute => (
                PredicateCompiler.Of(attribute, scope), Score(attribute, scope), useReasons ? attribute.Text("reasonCode") ?? characteristic.Text("reasonCode") : null)).ToArray()))];
    }

    public override PmmlResult Evaluate(PmmlFrame frame)
    {
        var total = _initial;
        var reasons = new List<(string Reason, double Points)>();
        foreach (var (baseline, attributes) in _characteristics)
        {
            var found = Array.FindIndex(attributes, attribute => attribute.Holds(frame) == true);
            if (found < 0)
            {
                // The specification leaves no score to a row that no attribute fits.
                return PmmlResult.None;
            }

            var partial = attributes[found].Score(frame).Number;
            total += partial;
            if (attributes[found].Reason is { } reason)
            {
                reasons.Add((reason, _pointsBelow ? baseline - partial : partial - baseline));
            }
        }

        return double.IsNaN(total)
            ? PmmlResult.None
            : new PmmlResult
            {
                Prediction = PmmlValue.Of(total),
                Ranked = [.. reasons.GroupBy(reason => reason.Reason, StringComparer.Ordinal).Select(group => (group.Key, Points: group.Sum(reason => reason.Points))).OrderByDescending(reason => reason.Points).Select(reason => reason.Key)],
            };
    }

    private static PmmlExpression Score(XElement attribute, PmmlScope scope)
    {
        if (attribute.Child("ComplexPartialScore") is { } complex)
        {
            return ExpressionCompiler.Compile(complex.Parts().FirstOrDefault(ExpressionCompiler.IsExpression) ?? throw complex.Fail("it has no expression"), scope);
        }

        var score = PmmlValue.Of(attribute.RequiredNumber("partialScore"));
        return _ => score;
    }
}
