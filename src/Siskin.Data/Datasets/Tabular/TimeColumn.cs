using System.Globalization;
using Siskin.Data.Datasets.Files;

namespace Siskin.Data.Datasets.Tabular;

/// <summary>Reads the times of one column, finding out their form where it is not given.</summary>
internal sealed class TimeColumn(string name, TimeFormat format, DatasetReadContext context)
{
    private const double FirstMilliseconds = 1e11;

    private TimeFormat _format = format;

    /// <summary>Reads a value; the first valid one settles the form.</summary>
    public bool TryRead(string text, out DateTimeOffset time, out string error)
    {
        error = string.Empty;
        time = default;
        foreach (var candidate in _format == TimeFormat.Detect ? Candidates(text) : [_format])
        {
            if (TryRead(text, candidate, out time))
            {
                if (_format == TimeFormat.Detect)
                {
                    _format = candidate;
                    context.Note($"times in the column {name} are read as {Describe(candidate)}");
                }

                return true;
            }
        }

        error = $"{name} is '{RecordReader.Shorten(text)}'; expected is {Describe(_format)}, for a time from 1900 to 2200";
        return false;
    }

    private static TimeFormat[] Candidates(string text) =>
        !TryNumber(text, out var number) ? [TimeFormat.Iso8601]
        : Math.Abs(number) < FirstMilliseconds ? [TimeFormat.Seconds]
        : [TimeFormat.Milliseconds];

    private static bool TryRead(string text, TimeFormat format, out DateTimeOffset time)
    {
        time = default;
        return format == TimeFormat.Iso8601
            ? DatasetTime.TryFromIso(text, out time)
            : TryNumber(text, out var number)
                && DatasetTime.TryFromMilliseconds(format == TimeFormat.Seconds ? number * 1000 : number, out time);
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static string Describe(TimeFormat format) => format switch
    {
        TimeFormat.Seconds => "seconds since 1970",
        TimeFormat.Milliseconds => "milliseconds since 1970",
        TimeFormat.Iso8601 => "a time in ISO 8601",
        _ => "a time in seconds or milliseconds since 1970 or in ISO 8601",
    };
}
