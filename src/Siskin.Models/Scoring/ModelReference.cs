using System.Globalization;

namespace Siskin.Models.Scoring;

/// <summary>Names a model, and perhaps one of its versions: NAME, NAME@VERSION or NAME:LABEL.</summary>
/// <param name="Name">1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit.</param>
/// <param name="Version">A version's number; null where none is given.</param>
/// <param name="Label">1 to 64 letters, digits and underscores; null where none is given.</param>
public sealed record ModelReference(string Name, long? Version, string? Label)
{
    private const int MaxLength = 64;

    /// <summary>Whether a text is of one of the forms.</summary>
    public static bool IsValid(string text) => TryParse(text) is not null;

    /// <summary>Reads a text.</summary>
    /// <exception cref="FormatException">It is of none of the forms.</exception>
    public static ModelReference Parse(string text) =>
        TryParse(text) ?? throw new FormatException($"'{text}' does not name a model; NAME, NAME@VERSION or NAME:LABEL do, with a name of 1 to {MaxLength} letters, digits, dots, hyphens and underscores");

    /// <summary>Whether a model may have this name.</summary>
    public static bool IsName(string text) =>
        text is { Length: >= 1 and <= MaxLength } && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    /// <summary>Whether a label may have this name.</summary>
    public static bool IsLabel(string text) => text is { Length: >= 1 and <= MaxLength } && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    /// <inheritdoc/>
    public override string ToString() => Version is { } version ? string.Create(CultureInfo.InvariantCulture, $"{Name}@{version}") : Label is null ? Name : $"{Name}:{Label}";

    private static ModelReference? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.IndexOfAny(['@', ':']);
        var name = at < 0 ? text : text[..at];
        if (!IsName(name))
        {
            return null;
        }

        if (at < 0)
        {
            return new ModelReference(name, null, null);
        }

        var rest = text[(at + 1)..];
        return text[at] == ':'
            ? IsLabel(rest) ? new ModelReference(name, null, rest) : null
            : long.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? new ModelReference(name, version, null) : null;
    }
}
