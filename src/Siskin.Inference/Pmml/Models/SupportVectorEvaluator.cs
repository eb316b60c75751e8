using System.Xml.Linq;
using Siskin.Inference.Pmml.Expressions;
using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>SupportVectorMachineModel: sums of kernels, or of coefficients, one machine for a number and several for classes.</summary>
internal sealed class SupportVectorEvaluator : PmmlEvaluator
{
    private readonly Func<PmmlFrame, double>[] _fields;
    private readonly (double[]? Weights, double[][] Vectors, double[] Coefficients, double Intercept, int Target, int Other, double Threshold)[] _machines;
    private readonly Func<double[], double[], double> _kernel;
    private readonly string[] _categories;
    private readonly bool _isClassification;
    private readonly bool _isOneAgainstAll;
    private readonly bool _largestWins;
    private readonly PmmlSymbols _symbols;

    public SupportVectorEvaluator(XElement element, PmmlScope scope, PmmlField? target)
    {
        _symbols = scope.Program.Symbols;
        _isClassification = element.Required("functionName") == "classification";
        _largestWins = element.Truth("maxWins", otherwise: false);
        var representation = element.Choice("svmRepresentation", "SupportVectors", "SupportVectors", "Coefficients");
        var dictionary = element.RequiredChild("VectorDictionary");
        _fields = [.. dictionary.RequiredChild("VectorFields").Parts().Select(part => Field(part, scope))];
        var vectors = new Dictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var instance in dictionary.Children("VectorInstance"))
        {
            var numbers = (instance.Child("REAL-SparseArray") ?? instance.RequiredChild("Array")).Numbers();
            if (numbers.Length != _fields.Length)
            {
                throw instance.Fail($"it has {numbers.Length} numbers for {_fields.Length} fields");
            }

            vectors[instance.Required("id")] = numbers;
        }

        _kernel = Kernel(element.Elements().FirstOrDefault(child => child.Name.LocalName.EndsWith("KernelType", StringComparison.Ordinal)) ?? throw element.Fail("it has no kernel"));
        var machines = element.Children("SupportVectorMachine").ToArray();
        if (machines.Length == 0)
        {
            throw element.Fail("it has no <SupportVectorMachine>");
        }

        var listed = target?.Values.Select(PmmlTypes.Text).ToArray() ?? [];
        _categories = _isClassification ? [.. listed.Concat(machines.SelectMany(machine => new[] { machine.Text("targetCategory"), machine.Text("alternateTargetCategory") }).OfType<string>()).Distinct()] : [];
        var method = element.Choice("classificationMethod", machines.Any(machine => machine.Text("alternateTargetCategory") is not null) ? "OneAgainstOne" : "OneAgainstAll", "OneAgainstOne", "OneAgainstAll");
        _isOneAgainstAll = method == "OneAgainstAll" && machines.Length > 1;
        _machines = [.. machines.Select(machine =>
        {
            var coefficients = machine.RequiredChild("Coefficients");
            var numbers = coefficients.Children("Coefficient").Select(coefficient => coefficient.Number("value") ?? 0).ToArray();
            var own = machine.Child("SupportVectors")?.Children("SupportVector").Select(vector => vectors.GetValueOrDefault(vector.Required("vectorId")) ?? throw vector.Fail($"there is no vector '{vector.Text("vectorId")}'")).ToArray() ?? [];
            if (numbers.Length != (representation == "Coefficients" ? _fields.Length : own.Length))
            {
                throw coefficients.Fail($"there are {numbers.Length} coefficients for {(representation == "Coefficients" ? $"{_fields.Length} fields" : $"{own.Length} vectors")}");
            }

            return (
                Weights: representation == "Coefficients" ? numbers : null,
                Vectors: own,
                Coefficients: numbers,
                Intercept: coefficients.Number("absoluteValue") ?? 0,
                Target: _isClassification ? Category(machine.Required("targetCategory")) : -1,
                Other: _isClassification ? Other(machine) : -1,
                Threshold: machine.Number("threshold") ?? element.Number("threshold") ?? 0);
        })];

        int Category(string name) => Array.IndexOf(_categories, name);

        int Other(XElement machine)
        {
            if (machine.Text("alternateTargetCategory") is { } name)
            {
                return Category(name);
            }

            return _categories.Length == 2 ? 1 - Category(machine.Required("targetCategory")) : -1;
        }
    }

    public override PmmlResult Evaluate(PmmlFrame frame)
    {
        var x = new double[_fields.Length];
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = _fields[i](frame);
            if (double.IsNaN(x[i]))
            {
                return PmmlResult.None;
            }
        }

        if (!_isClassification)
        {
            return PmmlResult.Of(Decide(0, x));
        }

        var votes = new double[_categories.Length];
        if (_isOneAgainstAll)
        {
            Array.Fill(votes, double.NaN);
            for (var m = 0; m < _machines.Length; m++)
            {
                votes[_machines[m].Target] = _largestWins ? Decide(m, x) : -Decide(m, x);
            }

            var best = PmmlResult.Of(_categories, votes, _symbols);
            return new PmmlResult { Prediction = best.Prediction, Categories = _categories, Probabilities = [.. _categories.Select(category => category == best.Prediction.Text ? 1.0 : 0)] };
        }

        for (var m = 0; m < _machines.Length; m++)
        {
            var winner = Decide(m, x) < _machines[m].Threshold ? _machines[m].Target : _machines[m].Other;
            if (winner >= 0)
            {
                votes[winner]++;
            }
        }

        for (var i = 0; i < votes.Length; i++)
        {
            votes[i] /= _machines.Length;
        }

        return PmmlResult.Of(_categories, votes, _symbols);
    }

    private double Decide(int m, double[] x)
    {
        var machine = _machines[m];
        var sum = machine.Intercept;
        if (machine.Weights is { } weights)
        {
            for (var i = 0; i < x.Length; i++)
            {
                sum += weights[i] * x[i];
            }

            return sum;
        }

        for (var i = 0; i < machine.Vectors.Length; i++)
        {
            sum += machine.Coefficients[i] * _kernel(machine.Vectors[i], x);
        }

        return sum;
    }

    private static Func<PmmlFrame, double> Field(XElement part, PmmlScope scope)
    {
        if (part.Name.LocalName == "FieldRef")
        {
            var slot = scope.Resolve(part, part.Required("field")).Slot;
            return frame => frame.Number(slot);
        }

        if (part.Name.LocalName != "CategoricalPredictor")
        {
            throw part.Fail("it is no field of a vector");
        }

        var field = scope.Resolve(part, part.Required("name"));
        var (at, wanted) = (field.Slot, ExpressionCompiler.Literal(part, part.Required("value"), field, scope.Program.Symbols).Number);
        var coefficient = part.Number("coefficient") ?? 1;
        return frame => frame.Number(at) is var x && double.IsNaN(x) ? x : x == wanted ? coefficient : 0;
    }

    private static Func<double[], double[], double> Kernel(XElement element)
    {
        var gamma = element.Number("gamma") ?? 1;
        var constant = element.Number("coef0") ?? 1;
        var degree = element.Number("degree") ?? 1;
        return element.Name.LocalName switch
        {
            "LinearKernelType" => Dot,
            "PolynomialKernelType" => (a, b) => Math.Pow((gamma * Dot(a, b)) + constant, degree),
            "RadialBasisKernelType" => (a, b) =>
            {
                var sum = 0.0;
                for (var i = 0; i < a.Length; i++)
                {
                    sum += (a[i] - b[i]) * (a[i] - b[i]);
                }

                return Math.Exp(-gamma * sum);
            }
            ,
            "SigmoidKernelType" => (a, b) => Math.Tanh((gamma * Dot(a, b)) + constant),
            var name => throw element.Fail($"there is no kernel <{name}>"),
        };
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
