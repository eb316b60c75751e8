using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Siskin.Inference.Pmml.Expressions;

/// <summary>Patterns of C's printf for one number, and of its strftime.</summary>
internal static partial class PrintFormat
{
    /// <summary>A number by a pattern such as %5.2f; a pattern without a place for it is a width.</summary>
    public static string Number(double number, string pattern)
    {
        var match = Place().Match(pattern);
        if (!match.Success)
        {
            var text = number.ToString("R", CultureInfo.InvariantCulture);
            return int.TryParse(pattern, NumberStyles.None, CultureInfo.InvariantCulture, out var wide) && wide < 100 ? text.PadLeft(wide) : text;
        }

        var (flags, width, digits) = (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Success ? int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture) : 6);
        var body = match.Groups[4].Value switch
        {
            "d" or "i" or "u" => Math.Truncate(number).ToString("F0", CultureInfo.InvariantCulture),
            "e" => number.ToString("0." + new string('0', digits) + "e+00", CultureInfo.InvariantCulture),
            "g" => number.ToString("G" + Math.Max(1, digits).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
            "s" => number.ToString("R", CultureInfo.InvariantCulture),
            _ => number.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        };
        if (flags.Contains('+', StringComparison.Ordinal) && number >= 0)
        {
            body = "+" + body;
        }

        var wanted = width.Length == 0 ? 0 : int.Parse(width, CultureInfo.InvariantCulture);
        body = flags.Contains('-', StringComparison.Ordinal) ? body.PadRight(wanted)
            : flags.Contains('0', StringComparison.Ordinal) && number < 0 ? "-" + body[1..].PadLeft(Math.Max(0, wanted - 1), '0')
            : flags.Contains('0', StringComparison.Ordinal) ? body.PadLeft(wanted, '0') : body.PadLeft(wanted);
        return string.Concat(pattern.AsSpan(0, match.Index), body, pattern.AsSpan(match.Index + match.Length));
    }

    /// <summary>A point of time by a pattern such as %d.%m.%Y.</summary>
    public static string Date(double seconds, string pattern)
    {
        var date = DateTime.UnixEpoch.AddSeconds(seconds);
        var text = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '%' || i + 1 == pattern.Length)
            {
                text.Append(pattern[i]);
                continue;
            }

            i++;
            text.Append(pattern[i] switch
            {
                'Y' => Part("yyyy"),
                'y' => Part("yy"),
                'm' => Part("MM"),
                'd' => Part("dd"),
                'H' => Part("HH"),
                'I' => Part("hh"),
                'M' => Part("mm"),
                'S' => Part("ss"),
                'p' => Part("tt"),
                'a' => Part("ddd"),
                'A' => Part("dddd"),
                'b' => Part("MMM"),
                'B' => Part("MMMM"),
                'j' => date.DayOfYear.ToString("D3", CultureInfo.InvariantCulture),
                'D' => Part("MM/dd/yy"),
                'F' => Part("yyyy-MM-dd"),
                'T' => Part("HH:mm:ss"),
                var other => other.ToString(),
            });
        }

        return text.ToString();

        string Part(string format) => date.ToString(format, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"%([-+0 ]*)(\d{0,2})(?:\.(\d{1,2}))?([diufegs])")]
    private static partial Regex Place();
}
