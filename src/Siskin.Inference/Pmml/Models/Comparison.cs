using System.Xml.Linq;

namespace Siskin.Inference.Pmml.Models;

/// <summary>How far two rows are from each other, or how alike they are: the measure of clusters and neighbours.</summary>
internal sealed class Comparison
{
    private readonly string _measure;
    private readonly double _power;
    private readonly double[] _agreement;
    private readonly Func<double, double, double>[] _compare;
    private readonly double[] _weights;

    /// <param name="measure">The ComparisonMeasure.</param>
    /// <param name="fields">A ClusteringField or KNNInput for each number of a row.</param>
    /// <param name="isCategory">Whether a field is compared by being the same when it says nothing.</param>
    public Comparison(XElement measure, XElement[] fields, bool[] isCategory)
    {
        var kind = measure.Elements().FirstOrDefault(child => child.Name.LocalName != "Extension") ?? throw measure.Fail("it names no measure");
        _measure = kind.Name.LocalName;
        IsDistance = measure.Required("kind") == "distance";
        _power = kind.Number("p-parameter") ?? 2;
        _agreement = _measure == "binarySimilarity"
            ? [.. new[] { "c00-parameter", "c01-parameter", "c10-parameter", "c11-parameter", "d00-parameter", "d01-parameter", "d10-parameter", "d11-parameter" }.Select(kind.RequiredNumber)]
            : [];
        if (_measure is not ("euclidean" or "squaredEuclidean" or "cityBlock" or "chebychev" or "minkowski" or "simpleMatching" or "jaccard" or "tanimoto" or "binarySimilarity"))
        {
            throw kind.Fail("the measure is not known");
        }

        var common = measure.Text("compareFunction") ?? "absDiff";
        _compare = [.. fields.Select((field, i) => Compare(field, field.Text("compareFunction") ?? (isCategory[i] && measure.Text("compareFunction") is null ? "delta" : common)))];
        _weights = [.. fields.Select(field => field.Number("fieldWeight") ?? 1)];
    }

    /// <summary>Whether less is nearer.</summary>
    public bool IsDistance { get; }

    /// <summary>Compares two rows; NaN in the first leaves a field out, and the others count for it.</summary>
    /// <param name="x">A row.</param>
    /// <param name="center">What it is compared with.</param>
    /// <param name="missingWeights">How much each field counts towards what is missing; null for one each.</param>
    public double Between(double[] x, double[] center, double[]? missingWeights)
    {
        if (!IsDistance)
        {
            return Likeness(x, center);
        }

        var (sum, all, present) = (0.0, 0.0, 0.0);
        for (var i = 0; i < x.Length; i++)
        {
            var share = missingWeights?[i] ?? 1;
            all += share;
            if (double.IsNaN(x[i]))
            {
                continue;
            }

            present += share;
            var difference = _compare[i](x[i], center[i]);
            sum = _measure switch
            {
                "cityBlock" => sum + (_weights[i] * Math.Abs(difference)),
                "chebychev" => Math.Max(sum, _weights[i] * Math.Abs(difference)),
                "minkowski" => sum + (_weights[i] * Math.Pow(Math.Abs(difference), _power)),
                _ => sum + (_weights[i] * difference * difference),
            };
        }

        if (present == 0)
        {
            return double.NaN;
        }

        var adjusted = _measure == "chebychev" ? sum : sum * all / present;
        return _measure switch
        {
            "euclidean" => Math.Sqrt(adjusted),
            "minkowski" => Math.Pow(adjusted, 1 / _power),
            _ => adjusted,
        };
    }

    private double Likeness(double[] x, double[] center)
    {
        double a11 = 0, a10 = 0, a01 = 0, a00 = 0;
        for (var i = 0; i < x.Length; i++)
        {
            if (double.IsNaN(x[i]))
            {
                continue;
            }

            _ = (x[i] != 0, center[i] != 0) switch
            {
                (true, true) => a11++,
                (true, false) => a10++,
                (false, true) => a01++,
                _ => a00++,
            };
        }

        return _measure switch
        {
            "simpleMatching" => (a11 + a00) / (a11 + a10 + a01 + a00),
            "jaccard" => a11 / (a11 + a10 + a01),
            "tanimoto" => (a11 + a00) / (a11 + (2 * (a10 + a01)) + a00),
            _ => ((_agreement[3] * a11) + (_agreement[2] * a10) + (_agreement[1] * a01) + (_agreement[0] * a00)) / ((_agreement[7] * a11) + (_agreement[6] * a10) + (_agreement[5] * a01) + (_agreement[4] * a00)),
        };
    }

    private static Func<double, double, double> Compare(XElement field, string function)
    {
        switch (function)
        {
            case "absDiff":
                return (a, b) => Math.Abs(a - b);
            case "gaussSim":
                var scale = field.RequiredNumber("similarityScale");
                return (a, b) => Math.Exp(-Math.Log(2) * (a - b) * (a - b) / (scale * scale));
            case "delta":
                return (a, b) => a == b ? 0 : 1;
            case "equal":
                return (a, b) => a == b ? 1 : 0;
            default:
                throw field.Fail($"the compare function '{function}' is not supported");
        }
    }
}
