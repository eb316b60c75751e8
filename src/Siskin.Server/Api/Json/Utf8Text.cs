using System.Globalization;
using System.Text.Unicode;

namespace Siskin.Server.Api.Json;

/// <summary>Checks a body's text before it is parsed, so that every string in it can be read and stored anywhere.</summary>
internal static class Utf8Text
{
    /// <summary>
    /// Finds invalid UTF-8, an escape of half a surrogate pair, or an escaped U+0000.
    /// </summary>
    /// <param name="json">The body.</param>
    /// <param name="message">What is wrong, when something is.</param>
    /// <returns>Offset of the fault in bytes, or −1.</returns>
    public static int FindFault(ReadOnlySpan<byte> json, out string message)
    {
        message = string.Empty;
        if (!Utf8.IsValid(json))
        {
            message = "is not valid UTF-8";
            return InvalidOffset(json);
        }

        var at = 0;
        while (true)
        {
            var step = json[at..].IndexOf((byte)'\\');
            if (step < 0)
            {
                return -1;
            }

            at += step;
            if (!TryReadUnit(json[at..], out var unit))
            {
                // Another escape, or one that the parser refuses with its own message.
                at = Math.Min(at + 2, json.Length);
                continue;
            }

            if (unit == 0)
            {
                message = "the character U+0000 is not allowed";
                return at;
            }

            if (char.IsSurrogate((char)unit))
            {
                if (!char.IsHighSurrogate((char)unit) || !TryReadUnit(json[(at + 6)..], out var low) || !char.IsLowSurrogate((char)low))
                {
                    message = "an escape of half a surrogate pair is not allowed";
                    return at;
                }

                at += 6;
            }

            at += 6;
        }
    }

    /// <summary>Line (from 0) and byte in it (from 0) of an offset.</summary>
    public static (long Line, long Column) Locate(ReadOnlySpan<byte> text, int offset)
    {
        var before = text[..offset];
        return (before.Count((byte)'\n'), offset - (before.LastIndexOf((byte)'\n') + 1));
    }

    private static bool TryReadUnit(ReadOnlySpan<byte> escape, out int unit)
    {
        unit = 0;
        return escape.Length >= 6 && escape[0] == '\\' && escape[1] == 'u'
            && int.TryParse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out unit);
    }

    private static int InvalidOffset(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (at < text.Length && System.Text.Rune.DecodeFromUtf8(text[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }

        return at;
    }
}
