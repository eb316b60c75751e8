using System.Globalization;

namespace Siskin.Models.Evaluation;

/// <summary>When a candidate may take the base's place: conditions on a <see cref="ScorerComparisonReport"/>, all of which must hold.</summary>
/// <remarks>
/// Conditions are separated by commas. <c>correlation</c>, <c>rankCorrelation</c>, <c>overlap</c> and <c>sameFirst</c> take
/// <c>&gt;=</c> and a number; <c>errors</c> (a share) takes <c>&lt;=</c>; <c>p50</c> and <c>p99</c> take <c>&lt;=</c> and milliseconds, or a multiple of the base's as in <c>p99&lt;=1.5*base</c>.
/// </remarks>
public sealed class ComparisonRule
{
    private static readonly Dictionary<string, Func<ScorerComparisonReport, double>> AtLeast = new(StringComparer.Ordinal)
    {
        ["correlation"] = report => report.Correlation,
        ["rankCorrelation"] = report => report.RankCorrelation,
        ["overlap"] = report => report.Overlap,
        ["sameFirst"] = report => report.SameFirst,
    };

    private static readonly Dictionary<string, (Func<ScorerComparisonReport, double> Own, Func<ScorerComparisonReport, double> Base)> AtMost = new(StringComparer.Ordinal)
    {
        ["errors"] = (report => report.CandidateErrorShare, _ => double.NaN),
        ["p50"] = (report => report.CandidateP50, report => report.BaseP50),
        ["p99"] = (report => report.CandidateP99, report => report.BaseP99),
    };

    private readonly string _text;
    private readonly (string Name, bool IsAtLeast, double Bound, bool OfBase)[] _conditions;

    private ComparisonRule(string text, (string, bool, double, bool)[] conditions) => (_text, _conditions) = (text, conditions);

    /// <summary>Reads the text form; spaces do not count.</summary>
    /// <exception cref="FormatException">It is of another form; says which condition.</exception>
    public static ComparisonRule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ComparisonRule(text, [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Condition)]) is { _conditions.Length: > 0 } rule
            ? rule
            : throw new FormatException("a rule needs a condition, such as overlap>=0.8");
    }

    /// <summary>Decides on a candidate.</summary>
    /// <returns>Whether all conditions hold, and those that do not, in words; or what was measured, when all do.</returns>
    public (bool Passes, string Reason) Decide(ScorerComparisonReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var (met, missed) = (new List<string>(), new List<string>());
        foreach (var (name, isAtLeast, bound, ofBase) in _conditions)
        {
            var value = isAtLeast ? AtLeast[name](report) : AtMost[name].Own(report);
            var limit = ofBase ? bound * AtMost[name].Base(report) : bound;
            var holds = isAtLeast ? value >= limit : value <= limit;
            (holds ? met : missed).Add(string.Create(CultureInfo.InvariantCulture, $"{name} {value:0.####} {(holds ? isAtLeast ? "≥" : "≤" : isAtLeast ? "<" : ">")} {limit:0.####}"));
        }

        return (missed.Count == 0, string.Join(", ", missed.Count == 0 ? met : missed));
    }

    /// <summary>The text that it was read from.</summary>
    public override string ToString() => _text;

    private static (string, bool, double, bool) Condition(string text)
    {
        var plain = text.Replace(" ", string.Empty, StringComparison.Ordinal);
        var isAtLeast = plain.Contains(">=", StringComparison.Ordinal);
        if (plain.Split(isAtLeast ? ">=" : "<=") is not [var name, var bound])
        {
            throw new FormatException($"'{text}' is no condition: METRIC>=NUMBER or METRIC<=NUMBER is");
        }

        if (isAtLeast ? !AtLeast.ContainsKey(name) : !AtMost.ContainsKey(name))
        {
            throw new FormatException($"'{text}': {string.Join(", ", AtLeast.Keys)} take >=, {string.Join(", ", AtMost.Keys)} take <=");
        }

        var (number, ofBase) = bound.Split('*') switch
        {
            [var only] => (only, false),
            [var factor, "base"] when name is "p50" or "p99" => (factor, true),
            _ => throw new FormatException($"'{text}': the bound is a number, or for p50 and p99 a multiple such as 1.5*base"),
        };
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? (name, isAtLeast, value, ofBase)
            : throw new FormatException($"'{text}': '{number}' is no number");
    }
}
