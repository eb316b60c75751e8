using System.Globalization;
using System.Text;

namespace Siskin.Vectors.Files;

/// <summary>Numbers and quotations of text files.</summary>
internal static class VectorText
{
    private const int QuotedLength = 40;

    /// <summary>Reads a number; spaces around it do not matter.</summary>
    /// <returns>False when it is none. Names of NaN and infinities are numbers here.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out float value) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    /// <summary>Text of a file as an error message shows it: short, on one line, between quotes.</summary>
    public static string Quote(string text)
    {
        var shown = new StringBuilder("'");
        foreach (var c in text.Length > QuotedLength ? text.AsSpan(0, QuotedLength) : text)
        {
            shown.Append(char.IsControl(c) || char.IsSurrogate(c) ? '?' : c);
        }

        return shown.Append(text.Length > QuotedLength ? "…'" : "'").ToString();
    }

    /// <summary>The same for bytes in UTF-8.</summary>
    public static string Quote(ReadOnlySpan<byte> text) => Quote(Encoding.UTF8.GetString(text.Length > 4 * QuotedLength ? text[..(4 * QuotedLength)] : text));
}
