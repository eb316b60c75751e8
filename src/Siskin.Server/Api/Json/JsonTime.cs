using System.Text.Json;

namespace Siskin.Server.Api.Json;

/// <summary>Reads moments: ISO 8601 with an offset, or milliseconds since 1970.</summary>
internal static class JsonTime
{
    private const int MaxTextLength = 64;

    // Read as milliseconds these lie between January 1970 and March 1973, read as seconds between 1973 and 5138:
    // whoever sends them means seconds.
    private const double FirstLikelySeconds = 1e8;
    private const double EndLikelySeconds = 1e11;

    private static readonly double Earliest = new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private static readonly double Latest = new DateTimeOffset(2200, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>Reads a moment; null reads as absent.</summary>
    public static DateTimeOffset? Read(ref Utf8JsonReader reader, FieldPath path, string name, FieldErrors errors)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return Text(ref reader, path, name, errors);
            case JsonTokenType.Number:
                return Number(ref reader, path, name, errors);
            default:
                JsonFields.Refuse(ref reader, path, name, "must be an ISO 8601 string or a number of milliseconds since 1970", errors);
                return null;
        }
    }

    private static DateTimeOffset? Text(ref Utf8JsonReader reader, FieldPath path, string name, FieldErrors errors)
    {
        Span<byte> text = stackalloc byte[MaxTextLength];
        if (reader.ValueSpan.Length > MaxTextLength || !reader.TryGetDateTimeOffset(out var time))
        {
            errors.Add(path.Of(name), "is not an ISO 8601 time such as 2026-03-01T12:30:00Z");
            return null;
        }

        // The parser takes a time without offset as the server's local time, which is nobody's intention.
        text = text[..reader.CopyString(text)];
        var clock = text.IndexOf((byte)'T');
        if (clock < 0 || text[clock..].IndexOfAny("Z+-"u8) < 0)
        {
            errors.Add(path.Of(name), "must say its offset from UTC, as in 2026-03-01T12:30:00Z or 2026-03-01T12:30:00+01:00");
            return null;
        }

        return time;
    }

    private static DateTimeOffset? Number(ref Utf8JsonReader reader, FieldPath path, string name, FieldErrors errors)
    {
        if (!reader.TryGetDouble(out var milliseconds) || !(milliseconds >= Earliest && milliseconds <= Latest))
        {
            errors.Add(path.Of(name), "must be milliseconds since 1970, from 1900 to 2200");
            return null;
        }

        if (Math.Abs(milliseconds) is >= FirstLikelySeconds and < EndLikelySeconds)
        {
            errors.Add(path.Of(name), "looks like seconds since 1970; send milliseconds (a thousand times as much) or an ISO 8601 string");
            return null;
        }

        return DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
    }
}
