using System.Xml.Linq;

namespace Siskin.Inference.Pmml.Expressions;

/// <summary>A line through points, which NormContinuous maps numbers by.</summary>
internal sealed class NormLine
{
    private readonly double[] _from;
    private readonly double[] _to;
    private readonly string _outliers;

    private NormLine(double[] from, double[] to, string outliers) => (_from, _to, _outliers) = (from, to, outliers);

    public static NormLine Read(XElement element)
    {
        var points = element.Children("LinearNorm").ToArray();
        var (from, to) = (points.Select(point => point.RequiredNumber("orig")).ToArray(), points.Select(point => point.RequiredNumber("norm")).ToArray());
        if (from.Length < 2)
        {
            throw element.Fail("it has fewer than two <LinearNorm>");
        }

        for (var i = 1; i < from.Length; i++)
        {
            if (!(from[i] > from[i - 1]))
            {
                throw points[i].Fail($"'orig' {from[i]} is not above {from[i - 1]}");
            }
        }

        return new NormLine(from, to, element.Choice("outliers", "asIs", "asIs", "asMissingValues", "asExtremeValues"));
    }

    /// <summary>Where a number is mapped to; NaN for an outlier that counts as missing.</summary>
    public double At(double x)
    {
        if ((x < _from[0] || x > _from[^1]) && _outliers != "asIs")
        {
            return _outliers == "asMissingValues" ? double.NaN : x < _from[0] ? _to[0] : _to[^1];
        }

        return Between(x, _from, _to);
    }

    /// <summary>The number that is mapped to this one, for outputs of a network; the line need not rise.</summary>
    public double Inverse(double y)
    {
        for (var i = 1; i < _from.Length; i++)
        {
            var isLast = i == _from.Length - 1;
            if (isLast || (y - _to[i - 1]) * (y - _to[i]) <= 0)
            {
                return _from[i - 1] + ((y - _to[i - 1]) / (_to[i] - _to[i - 1]) * (_from[i] - _from[i - 1]));
            }
        }

        return double.NaN;
    }

    private static double Between(double x, double[] from, double[] to)
    {
        var i = 1;
        while (i < from.Length - 1 && x > from[i])
        {
            i++;
        }

        return to[i - 1] + ((x - from[i - 1]) / (from[i] - from[i - 1]) * (to[i] - to[i - 1]));
    }
}
