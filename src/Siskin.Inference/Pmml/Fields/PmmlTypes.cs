using System.Globalization;
using System.Text.RegularExpressions;

namespace Siskin.Inference.Pmml.Fields;

/// <summary>Reads, writes and converts values of the data types.</summary>
internal static partial class PmmlTypes
{
    private static readonly DateTime Epoch = DateTime.UnixEpoch;

    /// <summary>The type with this name, and for one that counts days or seconds from a year how it counts a text; null when there is no such type.</summary>
    public static (PmmlDataType Type, Func<string, double?>? Count)? Of(string name)
    {
        if (SinceYear().Match(name) is { Success: true } since)
        {
            var year = int.Parse(since.Groups[2].Value, CultureInfo.InvariantCulture);

            // The year 0 is not one of the calendar's; it has 366 days.
            var first = (new DateTime(Math.Max(1, year), 1, 1, 0, 0, 0, DateTimeKind.Utc) - Epoch).TotalDays - (year == 0 ? 366 : 0);
            var isSeconds = since.Groups[1].Value == "dateTimeSecondsSince";
            return (PmmlDataType.Double, text => Date(text) is { } date ? isSeconds ? (date - Epoch).TotalSeconds - (first * 86_400) : Math.Floor((date - Epoch).TotalDays) - first : null);
        }

        return name switch
        {
            "string" => (PmmlDataType.String, null),
            "integer" => (PmmlDataType.Integer, null),
            "float" => (PmmlDataType.Float, null),
            "double" => (PmmlDataType.Double, null),
            "boolean" => (PmmlDataType.Boolean, null),
            "date" => (PmmlDataType.Date, null),
            "time" or "timeSeconds" => (PmmlDataType.Time, null),
            "dateTime" => (PmmlDataType.DateTime, null),
            _ => null,
        };
    }

    /// <summary>Reads a text as a value of a type; null when it is none.</summary>
    public static PmmlValue? Parse(string text, PmmlDataType type, PmmlSymbols symbols)
    {
        switch (type)
        {
            case PmmlDataType.String:
                return symbols.Value(text);
            case PmmlDataType.Boolean:
                return text.Trim().ToUpperInvariant() switch
                {
                    "TRUE" or "1" or "1.0" => PmmlValue.Of(true),
                    "FALSE" or "0" or "0.0" => PmmlValue.Of(false),
                    _ => null,
                };
            case PmmlDataType.Date:
                return Date(text) is { } date ? PmmlValue.Of(Math.Floor((date - Epoch).TotalDays)) : null;
            case PmmlDataType.DateTime:
                return Date(text) is { } point ? PmmlValue.Of((point - Epoch).TotalSeconds) : null;
            case PmmlDataType.Time when !Number(text, out _):
                return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) ? PmmlValue.Of(time.TotalSeconds) : null;
            default:
                // Bounds of fields of whole numbers may lie between these.
                return Number(text, out var number) ? PmmlValue.Of(type == PmmlDataType.Float ? (float)number : number) : null;
        }
    }

    /// <summary>A value as one of a type: text of a number, number of a text, whole numbers, floats; missing where there is none.</summary>
    public static PmmlValue Cast(PmmlValue value, PmmlDataType type, PmmlSymbols symbols)
    {
        if (value.IsMissing)
        {
            return value;
        }

        if (value.Text is { } text)
        {
            return type == PmmlDataType.String ? value : Parse(text, type, symbols) ?? PmmlValue.Missing;
        }

        return type switch
        {
            PmmlDataType.String => symbols.Value(Text(value)),
            PmmlDataType.Integer => PmmlValue.Of(Math.Round(value.Number, MidpointRounding.AwayFromZero)),
            PmmlDataType.Float => PmmlValue.Of((float)value.Number),
            PmmlDataType.Boolean => PmmlValue.Of(value.Number != 0),
            _ => value,
        };
    }

    /// <summary>A value as text: numbers in their shortest form.</summary>
    public static string Text(PmmlValue value) => value.Text ?? value.Number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Reads a number as PMML writes it.</summary>
    public static bool Number(string text, out double number) =>
        double.TryParse(text.AsSpan().Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out number) && !double.IsNaN(number);

    private static DateTime? Date(string text) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date) ? date : null;

    [GeneratedRegex(@"^(dateDaysSince|dateTimeSecondsSince)\[(\d{1,4})\]$")]
    private static partial Regex SinceYear();
}
