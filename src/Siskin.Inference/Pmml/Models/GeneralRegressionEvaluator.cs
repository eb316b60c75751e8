using System.Xml.Linq;
using Siskin.Inference.Pmml.Expressions;
using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>GeneralRegressionModel: linear, generalised linear, multinomial and ordinal models, and Cox's.</summary>
internal sealed class GeneralRegressionEvaluator : PmmlEvaluator
{
    private readonly string _type;
    private readonly bool _isClassification;
    private readonly string _link;
    private readonly double _linkParameter;
    private readonly string[] _categories;
    private readonly Func<PmmlFrame, double>[] _sums;
    private readonly Func<PmmlFrame, double>? _offset;
    private readonly Func<PmmlFrame, double>? _trials;
    private readonly PmmlSymbols _symbols;
    private readonly (double Time, double Hazard)[] _hazards;
    private readonly int _timeSlot;

    public GeneralRegressionEvaluator(XElement element, PmmlScope scope, PmmlField? target)
    {
        _symbols = scope.Program.Symbols;
        _type = element.Choice("modelType", null, "regression", "generalLinear", "multinomialLogistic", "ordinalMultinomial", "generalizedLinear", "CoxRegression");
        _isClassification = element.Required("functionName") == "classification";
        var cumulative = element.Choice("cumulativeLink", "logit", "logit", "probit", "cloglog", "loglog", "cauchit");
        _link = _type == "ordinalMultinomial" ? cumulative
            : element.Choice("linkFunction", _type == "generalizedLinear" && _isClassification ? "logit" : "identity", "cloglog", "identity", "log", "logc", "logit", "loglog", "negbin", "oddspower", "power", "probit", "cauchit");
        _linkParameter = element.Number("linkParameter") ?? 1;
        var products = Products(element, scope);
        var cells = element.RequiredChild("ParamMatrix").Children("PCell").ToArray();
        var categories = cells.Select(cell => cell.Text("targetCategory")).Distinct().ToArray();
        if (categories.Length > 1 || _type is "multinomialLogistic" or "ordinalMultinomial")
        {
            // Cells without a category count for all of them.
            categories = [.. categories.Where(category => category is not null)];
        }

        var all = target?.Values.Select(PmmlTypes.Text).ToArray() ?? [];
        var reference = element.Text("targetReferenceCategory") ?? all.FirstOrDefault(category => !categories.Contains(category));
        if (_isClassification && categories is [null])
        {
            // One sum for two categories is that of the one that is not the reference.
            categories = [all.FirstOrDefault(category => category != reference) ?? throw element.Fail("the categories of its target are not known")];
        }

        if (_isClassification && _type != "ordinalMultinomial" && reference is null)
        {
            throw element.Fail("it names no reference category, and its target lists none");
        }

        if (_type == "ordinalMultinomial")
        {
            // Thresholds belong to all categories but the last of the target's order.
            categories = [.. all.Where(categories.Contains)];
            reference = all.FirstOrDefault(category => !categories.Contains(category)) ?? throw element.Fail("every category has a threshold; the last must not");
        }

        if (!_isClassification && categories.Length == 0)
        {
            categories = [null];
        }

        _sums = [.. categories.Select(category => Sum(cells.Where(cell => cell.Text("targetCategory") is not { } own || own == category), products))];
        _categories = _isClassification ? [.. categories.Select(category => category!), reference!] : [];
        _offset = Given(element, scope, "offsetVariable", "offsetValue");
        _trials = Given(element, scope, "trialsVariable", "trialsValue");
        _hazards = [];
        if (_type == "CoxRegression")
        {
            _timeSlot = scope.Resolve(element, element.Required("endTimeVariable")).Slot;
            var table = element.RequiredChild("BaseCumHazardTables");
            if (table.Children("BaselineStratum").Any())
            {
                throw table.Fail("strata are not supported");
            }

            _hazards = [.. table.Children("BaselineCell").Select(cell => (cell.RequiredNumber("time"), cell.RequiredNumber("cumHazard"))).OrderBy(cell => cell.Item1)];
        }
    }

    public override PmmlResult Evaluate(PmmlFrame frame)
    {
        var y = new double[_sums.Length];
        for (var i = 0; i < y.Length; i++)
        {
            y[i] = _sums[i](frame) + (_offset?.Invoke(frame) ?? 0);
            if (double.IsNaN(y[i]))
            {
                return PmmlResult.None;
            }
        }

        if (_type == "CoxRegression")
        {
            return PmmlResult.Of(Hazard(frame.Number(_timeSlot)) * Math.Exp(y[0]));
        }

        if (!_isClassification)
        {
            var mean = _type == "generalizedLinear" ? Links.Inverse(_link, y[0], _linkParameter) : y[0];
            return PmmlResult.Of(mean * (_trials?.Invoke(frame) ?? 1));
        }

        double[] p = [.. y, 0];
        switch (_type)
        {
            case "ordinalMultinomial":
                Links.Normalize(p, _link, isOrdinal: true);
                break;
            case "generalizedLinear" when y.Length == 1:
                p[0] = Links.Inverse(_link, y[0], _linkParameter);
                p[1] = 1 - p[0];
                break;
            default:
                Links.Softmax(p);
                break;
        }

        return PmmlResult.Of(_categories, p, _symbols);
    }

    private double Hazard(double time)
    {
        var hazard = 0.0;
        foreach (var (from, value) in _hazards)
        {
            hazard = from <= time ? value : hazard;
        }

        return double.IsNaN(time) ? double.NaN : hazard;
    }

    private static Func<PmmlFrame, double>? Given(XElement element, PmmlScope scope, string variable, string value)
    {
        if (element.Text(variable) is { } name)
        {
            var slot = scope.Resolve(element, name).Slot;
            return frame => frame.Number(slot);
        }

        return element.Number(value) is { } number ? _ => number : null;
    }

    private static Func<PmmlFrame, double> Sum(IEnumerable<XElement> cells, Dictionary<string, Func<PmmlFrame, double>> products)
    {
        var terms = cells.Select(cell => (Beta: cell.RequiredNumber("beta"), Product: products.GetValueOrDefault(cell.Required("parameterName")))).ToArray();
        return frame =>
        {
            var sum = 0.0;
            foreach (var (beta, product) in terms)
            {
                sum += product is null ? beta : beta * product(frame);
            }

            return sum;
        };
    }

    // By parameter: the product over its predictors, of powers of covariates and of indicators of factors.
    private static Dictionary<string, Func<PmmlFrame, double>> Products(XElement element, PmmlScope scope)
    {
        var factors = (element.Child("FactorList")?.Children("Predictor") ?? []).ToDictionary(predictor => predictor.Required("name"), StringComparer.Ordinal);
        var products = new Dictionary<string, Func<PmmlFrame, double>>(StringComparer.Ordinal);
        foreach (var cells in (element.Child("PPMatrix")?.Children("PPCell") ?? []).GroupBy(cell => cell.Required("parameterName"), StringComparer.Ordinal))
        {
            var parts = cells.Select(cell => Part(cell, factors.GetValueOrDefault(cell.Required("predictorName")), scope)).ToArray();
            products[cells.Key] = frame =>
            {
                var product = 1.0;
                foreach (var part in parts)
                {
                    product *= part(frame);
                }

                return product;
            };
        }

        return products;
    }

    private static Func<PmmlFrame, double> Part(XElement cell, XElement? factor, PmmlScope scope)
    {
        var field = scope.Resolve(cell, cell.Required("predictorName"));
        var slot = field.Slot;
        if (factor is null)
        {
            var exponent = cell.RequiredNumber("value");
            return exponent == 1 ? frame => frame.Number(slot) : frame => Math.Pow(frame.Number(slot), exponent);
        }

        var wanted = ExpressionCompiler.Literal(cell, cell.Required("value"), field, scope.Program.Symbols).Number;
        if (factor.Child("Matrix") is not { } matrix)
        {
            return frame => frame.Number(slot) is var x && double.IsNaN(x) ? x : x == wanted ? 1 : 0;
        }

        // A contrast matrix: a row for each category, a column for each parameter of the factor.
        var categories = factor.RequiredChild("Categories").Children("Category").Select(category => ExpressionCompiler.Literal(category, category.Required("value"), field, scope.Program.Symbols).Number).ToArray();
        var rows = matrix.Children("Array").Select(row => row.Numbers()).ToArray();
        var column = Array.IndexOf(categories, wanted);
        if (rows.Length != categories.Length || column < 0 || rows.Any(row => row.Length <= column))
        {
            throw matrix.Fail($"it has no row for each of {categories.Length} categories with a column for '{cell.Text("value")}'");
        }

        return frame => frame.Number(slot) is var x && double.IsNaN(x) ? x : Array.IndexOf(categories, x) is var at && at < 0 ? 0 : rows[at][column];
    }
}
