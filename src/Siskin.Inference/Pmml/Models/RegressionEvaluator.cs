using System.Xml.Linq;
using Siskin.Inference.Pmml.Expressions;
using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>RegressionModel: sums of coefficients times predictors, for a number or for the logits of categories.</summary>
internal sealed class RegressionEvaluator : PmmlEvaluator
{
    private readonly Func<PmmlFrame, double>[] _tables;
    private readonly string[] _categories;
    private readonly string _normalization;
    private readonly bool _isClassification;
    private readonly bool _isOrdinal;
    private readonly PmmlSymbols _symbols;

    public RegressionEvaluator(XElement element, PmmlScope scope, PmmlField? target)
    {
        _symbols = scope.Program.Symbols;
        _isClassification = element.Required("functionName") == "classification";
        _isOrdinal = target?.IsOrdinal == true;
        _normalization = element.Choice("normalizationMethod", "none", "none", "simplemax", "softmax", "logit", "probit", "cloglog", "exp", "loglog", "cauchit");
        var tables = element.Children("RegressionTable").ToArray();
        _tables = [.. tables.Select(table => Table(table, scope))];
        if (_tables.Length == 0 || (_isClassification && _tables.Length < 2))
        {
            throw element.Fail($"it has {_tables.Length} <RegressionTable>");
        }

        _categories = _isClassification ? [.. tables.Select(table => table.Required("targetCategory"))] : [];
    }

    public override PmmlResult Evaluate(PmmlFrame frame)
    {
        if (!_isClassification)
        {
            var sum = _tables[0](frame);
            return PmmlResult.Of(_normalization switch
            {
                "softmax" or "logit" => 1 / (1 + Math.Exp(-sum)),
                "exp" => Math.Exp(sum),
                "none" or "simplemax" => sum,
                _ => Links.Inverse(_normalization, sum),
            });
        }

        var y = new double[_tables.Length];
        for (var i = 0; i < y.Length; i++)
        {
            y[i] = _tables[i](frame);
            if (double.IsNaN(y[i]))
            {
                return PmmlResult.None;
            }
        }

        Links.Normalize(y, _normalization, _isOrdinal);
        return PmmlResult.Of(_categories, y, _symbols);
    }

    private static Func<PmmlFrame, double> Table(XElement table, PmmlScope scope)
    {
        var intercept = table.RequiredNumber("intercept");
        var numeric = table.Children("NumericPredictor").Select(predictor => (
            scope.Resolve(predictor, predictor.Required("name")).Slot, Coefficient: predictor.RequiredNumber("coefficient"), Exponent: predictor.Number("exponent") ?? 1)).ToArray();
        var categorical = table.Children("CategoricalPredictor").Select(predictor =>
        {
            var field = scope.Resolve(predictor, predictor.Required("name"));
            return (field.Slot, Value: ExpressionCompiler.Literal(predictor, predictor.Required("value"), field, scope.Program.Symbols).Number, Coefficient: predictor.RequiredNumber("coefficient"));
        }).ToArray();
        var terms = table.Children("PredictorTerm").Select(term => (
            Fields: term.Children("FieldRef").Select(reference => scope.Resolve(reference, reference.Required("field")).Slot).ToArray(), Coefficient: term.RequiredNumber("coefficient"))).ToArray();
        return frame =>
        {
            var sum = intercept;
            foreach (var (slot, coefficient, exponent) in numeric)
            {
                var x = frame.Number(slot);
                sum += coefficient * (exponent == 1 ? x : Math.Pow(x, exponent));
            }

            foreach (var (slot, value, coefficient) in categorical)
            {
                sum += frame.Number(slot) == value ? coefficient : 0;
            }

            foreach (var (fields, coefficient) in terms)
            {
                var product = coefficient;
                foreach (var slot in fields)
                {
                    product *= frame.Number(slot);
                }

                sum += product;
            }

            return sum;
        };
    }
}
