using System.Xml.Linq;
using Siskin.Inference.Pmml.Expressions;

namespace Siskin.Inference.Pmml.Fields;

/// <summary>What a model does with missing and invalid values and outliers of its fields before it looks at them.</summary>
internal sealed class FieldTreatment
{
    private readonly PmmlField _field;
    private readonly string _invalid;
    private readonly PmmlValue _invalidReplacement;
    private readonly PmmlValue _missingReplacement;
    private readonly string _outliers;
    private readonly double _low;
    private readonly double _high;
    private readonly bool _refusesMissing;

    private FieldTreatment(XElement element, PmmlField field, PmmlSymbols symbols)
    {
        _field = field;
        _invalid = element.Choice("invalidValueTreatment", "returnInvalid", "returnInvalid", "asIs", "asMissing", "asValue");
        _invalidReplacement = element.Text("invalidValueReplacement") is { } invalid ? ExpressionCompiler.Literal(element, invalid, field, symbols) : PmmlValue.Missing;
        _refusesMissing = element.Text("missingValueTreatment") == "returnInvalid";
        _missingReplacement = element.Text("missingValueReplacement") is { } missing ? ExpressionCompiler.Literal(element, missing, field, symbols) : PmmlValue.Missing;
        _outliers = element.Choice("outliers", "asIs", "asIs", "asMissingValues", "asExtremeValues");
        (_low, _high) = (element.Number("lowValue") ?? double.NegativeInfinity, element.Number("highValue") ?? double.PositiveInfinity);
    }

    /// <summary>Whether a mining field is read, rather than predicted or told of only.</summary>
    public static bool IsInput(XElement element) => (element.Text("usageType") ?? "active") is "active" or "supplementary" or "group" or "order" or "frequencyWeight" or "analysisWeight";

    /// <summary>Adds a model's view of a field of the model around it, where it is another.</summary>
    public static void Add(XElement element, PmmlField outer, PmmlScope scope)
    {
        var treatment = new FieldTreatment(element, outer, scope.Program.Symbols);
        if (!treatment.ChangesAnything || outer.Slot < 0)
        {
            return;
        }

        var slot = outer.Slot;
        scope.Add(new PmmlField
        {
            Name = outer.Name,
            DataType = outer.DataType,
            IsContinuous = element.Text("optype") is { } own ? own == "continuous" : outer.IsContinuous,
            IsOrdinal = element.Text("optype") is { } kind ? kind == "ordinal" : outer.IsOrdinal,
            Slot = scope.Program.AddSlot(frame => treatment.Apply(frame.Get(slot), out _)),
            Values = outer.Values,
            DisplayValues = outer.DisplayValues,
            MissingTexts = outer.MissingTexts,
            InvalidTexts = outer.InvalidTexts,
            Intervals = outer.Intervals,
            Count = outer.Count,
        });
    }

    /// <summary>How the document's own model treats an input.</summary>
    public static FieldTreatment Of(XElement element, PmmlField field, PmmlSymbols symbols) => new(element, field, symbols);

    private bool ChangesAnything =>
        !_missingReplacement.IsMissing || _outliers != "asIs" || (_invalid is "asMissing" or "asValue" && (_field.Values.Count > 0 || _field.Intervals.Count > 0 || _field.InvalidTexts.Count > 0));

    /// <summary>The value that the model sees.</summary>
    /// <param name="value">As it is given.</param>
    /// <param name="reason">Why the row must not be scored; null when it may.</param>
    public PmmlValue Apply(PmmlValue value, out string? reason)
    {
        reason = null;
        if (!value.IsMissing && !_field.Allows(value))
        {
            switch (_invalid)
            {
                case "returnInvalid":
                    reason = $"'{PmmlTypes.Text(value)}' is no valid value of '{_field.Name}'";
                    return PmmlValue.Missing;
                case "asMissing":
                    value = PmmlValue.Missing;
                    break;
                case "asValue":
                    return _invalidReplacement;
            }
        }

        if (!value.IsMissing && _field.IsContinuous && (value.Number < _low || value.Number > _high))
        {
            value = _outliers switch
            {
                "asMissingValues" => PmmlValue.Missing,
                "asExtremeValues" => PmmlValue.Of(Math.Clamp(value.Number, _low, _high)),
                _ => value,
            };
        }

        if (!value.IsMissing)
        {
            return value;
        }

        reason = _refusesMissing ? $"'{_field.Name}' is missing" : null;
        return _missingReplacement;
    }

    /// <summary>What becomes of a text that is no value of the field's type.</summary>
    public PmmlValue Unreadable(string text, out string? reason)
    {
        reason = _invalid == "returnInvalid" ? $"'{text}' is no value of '{_field.Name}', which is {_field.DataType}" : null;
        return _invalid == "asValue" ? _invalidReplacement : _invalid == "asIs" ? PmmlValue.Missing : _missingReplacement;
    }
}
