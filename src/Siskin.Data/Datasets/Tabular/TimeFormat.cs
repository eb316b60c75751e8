namespace Siskin.Data.Datasets.Tabular;

/// <summary>How a column writes times.</summary>
public enum TimeFormat
{
    /// <summary>
    /// Found out from the first valid value of the column and told as a note: a number is seconds since 1970 when its
    /// size is below 100 billion (the year 5138), else milliseconds; anything else is ISO 8601.
    /// </summary>
    Detect,

    /// <summary>Seconds since 1970, fractions allowed.</summary>
    Seconds,

    /// <summary>Milliseconds since 1970.</summary>
    Milliseconds,

    /// <summary>Date, or date and time, of ISO 8601; a space may stand for the T, and no offset means UTC.</summary>
    Iso8601,
}
