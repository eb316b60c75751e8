namespace Siskin.Inference.Pmml.Fields;

/// <summary>A field by name: where its value is, and what it may be.</summary>
internal sealed class PmmlField
{
    public required string Name { get; init; }

    public required PmmlDataType DataType { get; init; }

    /// <summary>Whether it is continuous, rather than categorical or ordinal.</summary>
    public required bool IsContinuous { get; init; }

    /// <summary>Whether its categories have an order.</summary>
    public bool IsOrdinal { get; init; }

    /// <summary>Place of its value in the frame; −1 for a parameter of a function.</summary>
    public required int Slot { get; init; }

    /// <summary>A function's argument that the name stands for.</summary>
    public Expressions.PmmlExpression? Argument { get; init; }

    /// <summary>Values that are listed as valid, in the order of the list; empty when any is.</summary>
    public IReadOnlyList<PmmlValue> Values { get; init; } = [];

    /// <summary>Text to show for a value.</summary>
    public IReadOnlyDictionary<string, string> DisplayValues { get; init; } = new Dictionary<string, string>();

    /// <summary>Texts that stand for no value.</summary>
    public IReadOnlySet<string> MissingTexts { get; init; } = new HashSet<string>();

    /// <summary>Texts that are listed as invalid.</summary>
    public IReadOnlySet<string> InvalidTexts { get; init; } = new HashSet<string>();

    /// <summary>Where continuous values may lie; empty when anywhere.</summary>
    public IReadOnlyList<PmmlInterval> Intervals { get; init; } = [];

    /// <summary>Turns a date into what a type that counts days or seconds holds; null for others.</summary>
    public Func<string, double?>? Count { get; init; }

    /// <summary>Whether a value is one of those that the field may have.</summary>
    public bool Allows(PmmlValue value)
    {
        if (InvalidTexts.Count > 0 && InvalidTexts.Contains(PmmlTypes.Text(value)))
        {
            return false;
        }

        if (IsContinuous)
        {
            return Intervals.Count == 0 || Intervals.Any(interval => interval.Contains(value.Number)) || Values.Any(listed => listed.Number == value.Number);
        }

        return Values.Count == 0 || Values.Any(listed => listed.Number == value.Number);
    }
}
