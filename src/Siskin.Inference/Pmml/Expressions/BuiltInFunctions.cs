using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Siskin.Inference.Pmml.Fields;
using Siskin.Vectors;

namespace Siskin.Inference.Pmml.Expressions;

/// <summary>The functions that every PMML document may call.</summary>
internal static class BuiltInFunctions
{
    private static readonly TimeSpan MatchTime = TimeSpan.FromSeconds(1);

    /// <summary>Functions of numbers; missing when an argument is.</summary>
    private static readonly Dictionary<string, (int Count, Func<double[], double> Compute)> OfNumbers = new(StringComparer.Ordinal)
    {
        ["+"] = (2, x => x[0] + x[1]),
        ["-"] = (2, x => x[0] - x[1]),
        ["*"] = (2, x => x[0] * x[1]),
        ["/"] = (2, x => x[1] == 0 ? double.NaN : x[0] / x[1]),
        ["log10"] = (1, x => Math.Log10(x[0])),
        ["ln"] = (1, x => Math.Log(x[0])),
        ["ln1p"] = (1, x => Math.Abs(x[0]) < 1e-5 ? x[0] - (x[0] * x[0] / 2) + (x[0] * x[0] * x[0] / 3) : Math.Log(1 + x[0])),
        ["expm1"] = (1, x => Math.Abs(x[0]) < 1e-5 ? x[0] + (x[0] * x[0] / 2) + (x[0] * x[0] * x[0] / 6) : Math.Exp(x[0]) - 1),
        ["sqrt"] = (1, x => Math.Sqrt(x[0])),
        ["abs"] = (1, x => Math.Abs(x[0])),
        ["exp"] = (1, x => Math.Exp(x[0])),
        ["pow"] = (2, x => Math.Pow(x[0], x[1])),
        ["threshold"] = (2, x => x[0] > x[1] ? 1 : 0),
        ["floor"] = (1, x => Math.Floor(x[0])),
        ["ceil"] = (1, x => Math.Ceiling(x[0])),
        ["round"] = (1, x => Math.Floor(x[0] + 0.5)),
        ["rint"] = (1, x => Math.Round(x[0], MidpointRounding.ToEven)),
        ["modulo"] = (2, x => x[1] == 0 ? double.NaN : x[0] - (x[1] * Math.Floor(x[0] / x[1]))),
        ["hypot"] = (2, x => double.Hypot(x[0], x[1])),
        ["sin"] = (1, x => Math.Sin(x[0])),
        ["cos"] = (1, x => Math.Cos(x[0])),
        ["tan"] = (1, x => Math.Tan(x[0])),
        ["asin"] = (1, x => Math.Asin(x[0])),
        ["acos"] = (1, x => Math.Acos(x[0])),
        ["atan"] = (1, x => Math.Atan(x[0])),
        ["atan2"] = (2, x => Math.Atan2(x[0], x[1])),
        ["sinh"] = (1, x => Math.Sinh(x[0])),
        ["cosh"] = (1, x => Math.Cosh(x[0])),
        ["tanh"] = (1, x => Math.Tanh(x[0])),
        ["erf"] = (1, x => (2 * NormalDistribution.Below(x[0] * Math.Sqrt(2))) - 1),
        ["stdNormalCDF"] = (1, x => NormalDistribution.Below(x[0])),
        ["stdNormalPDF"] = (1, x => NormalDistribution.Density(x[0])),
        ["stdNormalIDF"] = (1, x => NormalDistribution.Quantile(x[0])),
        ["normalCDF"] = (3, x => NormalDistribution.Below((x[0] - x[1]) / x[2])),
        ["normalPDF"] = (3, x => NormalDistribution.Density((x[0] - x[1]) / x[2]) / x[2]),
        ["normalIDF"] = (3, x => x[1] + (x[2] * NormalDistribution.Quantile(x[0]))),
        ["dateDaysSinceYear"] = (2, x => x[0] - DaysOf(x[1])),
        ["dateSecondsSinceYear"] = (2, x => x[0] - (DaysOf(x[1]) * 86_400)),
        ["dateSecondsSinceMidnight"] = (1, x => x[0] - (Math.Floor(x[0] / 86_400) * 86_400)),
    };

    /// <summary>Functions of any many numbers, which leave missing ones out.</summary>
    private static readonly Dictionary<string, Func<double[], double>> OfMany = new(StringComparer.Ordinal)
    {
        ["min"] = x => x.Min(),
        ["max"] = x => x.Max(),
        ["sum"] = x => x.Sum(),
        ["avg"] = x => x.Average(),
        ["product"] = x => x.Aggregate((a, b) => a * b),
        ["median"] = Median,
    };

    /// <summary>A call of a function.</summary>
    /// <exception cref="ModelFormatException">There is no such function, or it has another number of arguments.</exception>
    public static PmmlExpression Compile(XElement element, string name, PmmlExpression[] x, PmmlSymbols symbols)
    {
        if (OfNumbers.TryGetValue(name, out var function))
        {
            // Minus may have one argument.
            Needs(function.Count, name == "-" ? 1 : function.Count);
            if (x.Length == 1 && name == "-")
            {
                return frame => PmmlValue.Of(-x[0](frame).Number);
            }

            return frame =>
            {
                var numbers = new double[x.Length];
                for (var i = 0; i < numbers.Length; i++)
                {
                    var value = x[i](frame);
                    numbers[i] = value.Text is null ? value.Number : PmmlTypes.Number(value.Text, out var read) ? read : double.NaN;
                    if (double.IsNaN(numbers[i]))
                    {
                        return PmmlValue.Missing;
                    }
                }

                return PmmlValue.Of(function.Compute(numbers));
            };
        }

        if (OfMany.TryGetValue(name, out var many))
        {
            Needs(int.MaxValue, 1);
            return frame =>
            {
                var numbers = x.Select(argument => argument(frame)).Where(value => !value.IsMissing).Select(value => value.Number).ToArray();
                return numbers.Length == 0 ? PmmlValue.Missing : PmmlValue.Of(many(numbers));
            };
        }

        switch (name)
        {
            case "isMissing" or "isNotMissing" or "isValid" or "isNotValid":
                Needs(1, 1);
                var wanted = name is "isMissing" or "isNotValid";
                return frame => PmmlValue.Of(x[0](frame).IsMissing == wanted);
            case "equal" or "notEqual" or "lessThan" or "lessOrEqual" or "greaterThan" or "greaterOrEqual":
                Needs(2, 2);
                return frame => Both(x[0](frame), x[1](frame), (a, b) => PmmlValue.Of(Holds(name, Compare(a, b))));
            case "isIn" or "isNotIn":
                Needs(int.MaxValue, 2);
                return frame => x[0](frame) is { IsMissing: false } value ? PmmlValue.Of(x.Skip(1).Any(other => other(frame) is { IsMissing: false } listed && Compare(value, listed) == 0) == (name == "isIn")) : PmmlValue.Missing;
            case "and" or "or":
                Needs(int.MaxValue, 1);
                return frame => Logic(x, frame, name == "or");
            case "not":
                Needs(1, 1);
                return frame =>
                {
                    var value = x[0](frame);
                    return value.IsMissing ? value : PmmlValue.Of(value.Number == 0);
                };
            case "if":
                Needs(3, 2);
                return frame => x[0](frame) is { IsMissing: false } condition ? condition.Number != 0 ? x[1](frame) : x.Length > 2 ? x[2](frame) : PmmlValue.Missing : PmmlValue.Missing;
            case "uppercase":
                return OfText(text => text.ToUpperInvariant());
            case "lowercase":
                return OfText(text => text.ToLowerInvariant());
            case "trimBlanks":
                return OfText(text => text.Trim());
            case "stringLength":
                Needs(1, 1);
                return frame => x[0](frame) is { IsMissing: false } value ? PmmlValue.Of(PmmlTypes.Text(value).Length) : PmmlValue.Missing;
            case "substring":
                Needs(3, 3);
                return frame =>
                {
                    var (value, first, length) = (x[0](frame), x[1](frame), x[2](frame));
                    if (value.IsMissing || first.IsMissing || length.IsMissing)
                    {
                        return PmmlValue.Missing;
                    }

                    var text = PmmlTypes.Text(value);
                    var start = Math.Clamp((int)first.Number - 1, 0, text.Length);
                    return symbols.Value(text.Substring(start, Math.Clamp((int)length.Number, 0, text.Length - start)));
                };
            case "concat":
                Needs(int.MaxValue, 1);
                return frame =>
                {
                    var whole = new StringBuilder();
                    foreach (var argument in x)
                    {
                        var value = argument(frame);
                        if (value.IsMissing)
                        {
                            return value;
                        }

                        whole.Append(PmmlTypes.Text(value));
                    }

                    return symbols.Value(whole.ToString());
                };
            case "matches":
                Needs(2, 2);
                return frame => Both(x[0](frame), x[1](frame), (a, b) => PmmlValue.Of(Regex.IsMatch(PmmlTypes.Text(a), PmmlTypes.Text(b), RegexOptions.CultureInvariant, MatchTime)));
            case "replace":
                Needs(3, 3);
                return frame => x[2](frame) is { IsMissing: false } with
                    ? Both(x[0](frame), x[1](frame), (a, b) => symbols.Value(Regex.Replace(PmmlTypes.Text(a), PmmlTypes.Text(b), PmmlTypes.Text(with), RegexOptions.CultureInvariant, MatchTime)))
                    : PmmlValue.Missing;
            case "formatNumber":
                Needs(2, 2);
                return frame => Both(x[0](frame), x[1](frame), (number, pattern) => symbols.Value(PrintFormat.Number(number.Number, PmmlTypes.Text(pattern))));
            case "formatDatetime":
                Needs(2, 2);
                return frame => Both(x[0](frame), x[1](frame), (seconds, pattern) => symbols.Value(PrintFormat.Date(seconds.Number, PmmlTypes.Text(pattern))));
            default:
                throw element.Fail($"there is no function '{name}'");
        }

        void Needs(int most, int least)
        {
            if (x.Length < least || x.Length > most)
            {
                throw element.Fail($"'{name}' cannot have {x.Length} arguments");
            }
        }

        PmmlExpression OfText(Func<string, string> change)
        {
            Needs(1, 1);
            return frame => x[0](frame) is { IsMissing: false } value ? symbols.Value(change(PmmlTypes.Text(value))) : PmmlValue.Missing;
        }
    }

    private static PmmlValue Both(PmmlValue a, PmmlValue b, Func<PmmlValue, PmmlValue, PmmlValue> compute) => a.IsMissing || b.IsMissing ? PmmlValue.Missing : compute(a, b);

    // Numbers by their size, even where one of them is written as text; texts by their characters.
    private static int Compare(PmmlValue a, PmmlValue b)
    {
        if (a.Text is { } left && b.Text is { } right)
        {
            return string.CompareOrdinal(left, right);
        }

        return Number(a) is { } first && Number(b) is { } second ? first.CompareTo(second) : string.CompareOrdinal(PmmlTypes.Text(a), PmmlTypes.Text(b));

        static double? Number(PmmlValue value) => value.Text is null ? value.Number : PmmlTypes.Number(value.Text, out var number) ? number : null;
    }

    private static bool Holds(string name, int order) => name switch
    {
        "equal" => order == 0,
        "notEqual" => order != 0,
        "lessThan" => order < 0,
        "lessOrEqual" => order <= 0,
        "greaterThan" => order > 0,
        _ => order >= 0,
    };

    private static PmmlValue Logic(PmmlExpression[] x, PmmlFrame frame, bool decides)
    {
        var result = PmmlValue.Of(!decides);
        foreach (var argument in x)
        {
            var value = argument(frame);
            if (!value.IsMissing && (value.Number != 0) == decides)
            {
                return PmmlValue.Of(decides);
            }

            result = value.IsMissing ? value : result;
        }

        return result;
    }

    private static double Median(double[] x)
    {
        Array.Sort(x);
        return x.Length % 2 == 1 ? x[x.Length / 2] : (x[(x.Length / 2) - 1] + x[x.Length / 2]) / 2;
    }

    private static double DaysOf(double year) => (new DateTime(Math.Clamp((int)year, 1, 9999), 1, 1, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).TotalDays;
}
