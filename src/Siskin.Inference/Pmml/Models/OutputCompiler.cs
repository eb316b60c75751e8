using System.Xml.Linq;
using Siskin.Inference.Pmml.Expressions;
using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>Turns output fields into what computes them.</summary>
internal static class OutputCompiler
{
    public static IReadOnlyList<PmmlOutput> Compile(XElement? output, PmmlScope scope, PmmlField? target)
    {
        var outputs = new List<PmmlOutput>();
        foreach (var element in output?.Children("OutputField") ?? [])
        {
            var feature = element.Text("feature") ?? (element.Parts().Any(ExpressionCompiler.IsExpression) ? "transformedValue" : "predictedValue");
            var value = Value(element, feature, scope, target);
            var symbols = scope.Program.Symbols;
            var type = element.Text("dataType") is { } name ? (PmmlTypes.Of(name) ?? throw element.Fail($"there is no data type '{name}'")).Type : default(PmmlDataType?);
            var field = new PmmlField
            {
                Name = element.Required("name"),
                DataType = type ?? (feature is "predictedValue" && target is not null ? target.DataType : feature is "probability" or "affinity" or "confidence" or "residual" ? PmmlDataType.Double : PmmlDataType.String),
                IsContinuous = element.Text("optype") == "continuous",
                Slot = scope.Program.AddSlot(),
            };
            scope.Add(field);
            outputs.Add(new PmmlOutput(field, type is { } wanted ? (frame, result) => Cast(value(frame, result), wanted, symbols) : value, element.Truth("isFinalResult", otherwise: true)));
        }

        return outputs;
    }

    // What cannot be of the type that the document claims stays as it is.
    private static PmmlValue Cast(PmmlValue value, PmmlDataType type, PmmlSymbols symbols) =>
        PmmlTypes.Cast(value, type, symbols) is { IsMissing: false } cast ? cast : value;

    private static Func<PmmlFrame, PmmlResult, PmmlValue> Value(XElement element, string feature, PmmlScope scope, PmmlField? target)
    {
        if (element.Text("segmentId") is { } segment)
        {
            var inner = Feature(element, feature, scope, target);
            return (frame, result) => result.Segments?.GetValueOrDefault(segment) is { } own ? inner(frame, own) : PmmlValue.Missing;
        }

        return Feature(element, feature, scope, target);
    }

    private static Func<PmmlFrame, PmmlResult, PmmlValue> Feature(XElement element, string feature, PmmlScope scope, PmmlField? target)
    {
        var symbols = scope.Program.Symbols;
        var category = element.Text("value");
        var rank = element.Integer("rank") ?? 1;
        switch (feature)
        {
            case "predictedValue":
                return (_, result) => result.Prediction;
            case "predictedDisplayValue":
                return (_, result) => result.Prediction.IsMissing ? PmmlValue.Missing
                    : symbols.Value(result.Display ?? target?.DisplayValues.GetValueOrDefault(PmmlTypes.Text(result.Prediction)) ?? PmmlTypes.Text(result.Prediction));
            case "transformedValue" or "decision":
                var expression = ExpressionCompiler.Compile(element.Parts().FirstOrDefault(ExpressionCompiler.IsExpression) ?? throw element.Fail("it has no expression"), scope);
                return (frame, _) => expression(frame);
            case "probability":
                return (_, result) => Of(result, result.Probabilities);
            case "confidence":
                return (_, result) => Of(result, result.Confidences ?? result.Probabilities);
            case "affinity" or "entityAffinity" or "clusterAffinity":
                return (_, result) => Of(result, result.Affinities ?? result.Probabilities);
            case "entityId" or "clusterId":
                return (_, result) => (rank > 1 || result.Entity is null ? result.Ranked.ElementAtOrDefault(rank - 1) : result.Entity) is { } id ? symbols.Value(id) : PmmlValue.Missing;
            case "reasonCode":
                return (_, result) => result.Ranked.ElementAtOrDefault(rank - 1) is { } reason ? symbols.Value(reason) : PmmlValue.Missing;
            case "warning":
                return (_, _) => PmmlValue.Missing;
            case "residual":
                var actual = (target ?? throw element.Fail("there is no target whose value could be known")).Slot;
                return (frame, result) => frame.Get(actual) is not { IsMissing: false } known || result.Prediction.IsMissing ? PmmlValue.Missing
                    : known.Text is null && result.Categories.Count == 0 ? PmmlValue.Of(known.Number - result.Prediction.Number)
                    : PmmlValue.Of((PmmlTypes.Text(known) == (category ?? PmmlTypes.Text(known)) ? 1 : 0) - result.Probability(category ?? PmmlTypes.Text(known)));
            case "ruleValue":
                return Rule(element, rank, symbols);
            default:
                throw element.Fail($"the feature '{feature}' is not supported");
        }

        PmmlValue Of(PmmlResult result, double[] list)
        {
            if (category is not null)
            {
                return PmmlValue.Of(result.At(list, category));
            }

            var own = result.Prediction.IsMissing ? null : PmmlTypes.Text(result.Prediction);
            return own is null ? PmmlValue.Missing : PmmlValue.Of(result.At(list, own));
        }
    }

    private static Func<PmmlFrame, PmmlResult, PmmlValue> Rule(XElement element, int rank, PmmlSymbols symbols)
    {
        var algorithm = element.Choice("algorithm", "exclusiveRecommendation", "exclusiveRecommendation", "recommendation", "ruleAssociation");
        var feature = element.Choice("ruleFeature", "consequent", "consequent", "antecedent", "rule", "ruleId", "confidence", "support", "lift");
        var basis = element.Choice("rankBasis", "confidence", "confidence", "support", "lift");
        var isAscending = element.Choice("rankOrder", "descending", "descending", "ascending") == "ascending";
        return (_, result) =>
        {
            var rules = result.Rules.Where(rule => algorithm switch
            {
                "exclusiveRecommendation" => !rule.Consequent.Any(result.Items.Contains),
                "recommendation" => !rule.Consequent.All(result.Items.Contains),
                _ => rule.Consequent.All(result.Items.Contains),
            });
            var found = (isAscending ? rules.OrderBy(Basis) : rules.OrderByDescending(Basis)).ElementAtOrDefault(rank - 1);
            return found is null ? PmmlValue.Missing : feature switch
            {
                "consequent" => symbols.Value(Set(found.Consequent)),
                "antecedent" => symbols.Value(Set(found.Antecedent)),
                "rule" => symbols.Value($"{{{Set(found.Antecedent)}}}->{{{Set(found.Consequent)}}}"),
                "ruleId" => symbols.Value(found.Id),
                "confidence" => PmmlValue.Of(found.Confidence),
                "support" => PmmlValue.Of(found.Support),
                _ => PmmlValue.Of(found.Lift),
            };
        };

        double Basis(AssociationRule rule) => basis switch
        {
            "support" => rule.Support,
            "lift" => rule.Lift,
            _ => rule.Confidence,
        };

        static string Set(string[] items) => string.Join(',', items);
    }
}
