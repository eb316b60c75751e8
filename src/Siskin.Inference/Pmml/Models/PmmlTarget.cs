using System.Xml.Linq;
using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>What is done with a prediction in the end: limits, scale, rounding, a default, texts to show.</summary>
internal sealed class PmmlTarget
{
    private readonly double _min;
    private readonly double _max;
    private readonly double _constant;
    private readonly double _factor;
    private readonly string? _cast;
    private readonly double? _default;
    private readonly (string Value, string? Display, double Prior)[] _values;
    private readonly PmmlSymbols _symbols;

    public PmmlTarget(XElement element, PmmlSymbols symbols)
    {
        _symbols = symbols;
        (_min, _max) = (element.Number("min") ?? double.NegativeInfinity, element.Number("max") ?? double.PositiveInfinity);
        (_constant, _factor) = (element.Number("rescaleConstant") ?? 0, element.Number("rescaleFactor") ?? 1);
        _cast = element.Text("castInteger") is null ? null : element.Choice("castInteger", null, "round", "ceiling", "floor");
        var values = element.Children("TargetValue").ToArray();
        _default = values.Select(value => value.Number("defaultValue")).FirstOrDefault(value => value is not null);
        _values = [.. values.Where(value => value.Text("value") is not null).Select(value => (value.Required("value"), value.Text("displayValue"), value.Number("priorProbability") ?? double.NaN))];
    }

    public PmmlResult Apply(PmmlResult result)
    {
        if (result.Prediction.IsMissing)
        {
            if (_default is { } number)
            {
                result.Prediction = PmmlValue.Of(number);
            }
            else if (_values.Length > 0 && _values.All(value => !double.IsNaN(value.Prior)))
            {
                result = PmmlResult.Of([.. _values.Select(value => value.Value)], [.. _values.Select(value => value.Prior)], _symbols);
            }
        }
        else if (result.Prediction.Text is null)
        {
            var number = (Math.Clamp(result.Prediction.Number, _min, _max) * _factor) + _constant;
            result.Prediction = PmmlValue.Of(_cast switch
            {
                "round" => Math.Floor(number + 0.5),
                "ceiling" => Math.Ceiling(number),
                "floor" => Math.Floor(number),
                _ => number,
            });
        }

        if (result.Display is null && !result.Prediction.IsMissing)
        {
            var text = PmmlTypes.Text(result.Prediction);
            result.Display = _values.FirstOrDefault(value => value.Value == text).Display;
        }

        return result;
    }
}
