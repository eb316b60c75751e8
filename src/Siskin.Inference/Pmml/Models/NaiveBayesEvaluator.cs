using System.Xml.Linq;
using Siskin.Inference.Pmml.Expressions;
using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>NaiveBayesModel: counts of categories with each value, and distributions of numbers.</summary>
internal sealed class NaiveBayesEvaluator : PmmlEvaluator
{
    private readonly string[] _categories;
    private readonly double[] _logCounts;
    private readonly Action<PmmlFrame, double[]>[] _inputs;
    private readonly double _threshold;
    private readonly PmmlSymbols _symbols;

    public NaiveBayesEvaluator(XElement element, PmmlScope scope)
    {
        _symbols = scope.Program.Symbols;
        _threshold = element.RequiredNumber("threshold");
        var counts = element.RequiredChild("BayesOutput").RequiredChild("TargetValueCounts").Children("TargetValueCount").ToArray();
        _categories = [.. counts.Select(count => count.Required("value"))];
        var totals = counts.Select(count => count.RequiredNumber("count")).ToArray();
        _logCounts = [.. totals.Select(total => Math.Log(total))];
        _inputs = [.. element.RequiredChild("BayesInputs").Children("BayesInput").Select(input => Input(input, scope))];
    }

    public override PmmlResult Evaluate(PmmlFrame frame)
    {
        var logs = (double[])_logCounts.Clone();
        foreach (var input in _inputs)
        {
            input(frame, logs);
        }

        Links.Softmax(logs);
        return PmmlResult.Of(_categories, logs, _symbols);
    }

    private Action<PmmlFrame, double[]> Input(XElement input, PmmlScope scope)
    {
        var field = scope.Resolve(input, input.Required("fieldName"));
        if (input.Child("TargetValueStats") is { } stats)
        {
            var slot = field.Slot;
            var densities = new Func<double, double>?[_categories.Length];
            foreach (var stat in stats.Children("TargetValueStat"))
            {
                densities[Category(stat)] = Density(stat);
            }

            return (frame, logs) =>
            {
                if (frame.Number(slot) is var x && !double.IsNaN(x))
                {
                    for (var i = 0; i < logs.Length; i++)
                    {
                        logs[i] += densities[i] is { } density ? Math.Max(density(x), Math.Log(_threshold)) : Math.Log(_threshold);
                    }
                }
            };
        }

        // A continuous input is cut into bins first.
        var place = input.Child("DerivedField") is { } derived ? scope.Derive(derived) : field;
        var rows = new Dictionary<double, double[]>();
        var totals = new double[_categories.Length];
        foreach (var pair in input.Children("PairCounts"))
        {
            var own = new double[_categories.Length];
            foreach (var count in pair.RequiredChild("TargetValueCounts").Children("TargetValueCount"))
            {
                own[Category(count)] = count.RequiredNumber("count");
                totals[Category(count)] += count.RequiredNumber("count");
            }

            rows[ExpressionCompiler.Literal(pair, pair.Required("value"), place, scope.Program.Symbols).Number] = own;
        }

        var at = place.Slot;
        return (frame, logs) =>
        {
            if (rows.GetValueOrDefault(frame.Number(at)) is not { } own)
            {
                return;
            }

            for (var i = 0; i < logs.Length; i++)
            {
                logs[i] += Math.Log(own[i] > 0 && totals[i] > 0 ? own[i] / totals[i] : _threshold);
            }
        };
    }

    private int Category(XElement element)
    {
        var at = Array.IndexOf(_categories, element.Required("value"));
        return at >= 0 ? at : throw element.Fail($"'{element.Text("value")}' is no category of the target");
    }

    // Logarithms of densities.
    private static Func<double, double> Density(XElement stat)
    {
        if (stat.Child("GaussianDistribution") is { } normal)
        {
            var (mean, variance) = (normal.RequiredNumber("mean"), normal.RequiredNumber("variance"));
            return x => (-(x - mean) * (x - mean) / (2 * variance)) - (0.5 * Math.Log(2 * Math.PI * variance));
        }

        if (stat.Child("PoissonDistribution") is { } poisson)
        {
            var mean = poisson.RequiredNumber("mean");
            return x =>
            {
                var log = (x * Math.Log(mean)) - mean;
                for (var k = 2; k <= x; k++)
                {
                    log -= Math.Log(k);
                }

                return log;
            };
        }

        if (stat.Child("UniformDistribution") is { } uniform)
        {
            var (low, high) = (uniform.RequiredNumber("lower"), uniform.RequiredNumber("upper"));
            return x => x >= low && x <= high ? -Math.Log(high - low) : double.NegativeInfinity;
        }

        throw stat.Fail("it has no distribution that is supported: Gaussian, Poisson or uniform");
    }
}
