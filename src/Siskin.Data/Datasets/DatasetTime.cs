using System.Globalization;

namespace Siskin.Data.Datasets;

/// <summary>Times in data sets.</summary>
internal static class DatasetTime
{
    /// <summary>
    /// Where data sets without times begin: 1 January 2000, UTC. The n-th row of events, from 0, is n seconds behind it,
    /// so that the order of the rows is the order of time and a row has the same time whenever it is read.
    /// </summary>
    public static readonly DateTimeOffset Origin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] IsoFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    // 1900 and 2200: the bounds of the validators, so that a number beyond them is a bad row and no overflow.
    private static readonly double Earliest = new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private static readonly double Latest = new DateTimeOffset(2200, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>The time of a row of a data set without times.</summary>
    public static DateTimeOffset OfRow(long row) => Origin.AddSeconds(row);

    /// <summary>The time so many milliseconds after 1970, if it lies from 1900 to 2200.</summary>
    public static bool TryFromMilliseconds(double milliseconds, out DateTimeOffset time)
    {
        var isKnown = milliseconds >= Earliest && milliseconds <= Latest;
        time = isKnown ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds) : default;
        return isKnown;
    }

    /// <summary>A date or a time in the forms of ISO 8601, with a space instead of T allowed; UTC when it names no offset.</summary>
    public static bool TryFromIso(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(
            text, IsoFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
}
