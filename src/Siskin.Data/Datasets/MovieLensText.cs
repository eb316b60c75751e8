using System.Globalization;

namespace Siskin.Data.Datasets;

/// <summary>How the MovieLens files write titles and genres.</summary>
internal static class MovieLensText
{
    private const string NoGenres = "(no genres listed)";

    /// <summary>The year in brackets at the end of a title such as <c>Toy Story (1995)</c>, or null.</summary>
    public static double? Year(string title)
    {
        var text = title.AsSpan().TrimEnd();
        return text is [.., '(', _, _, _, _, ')']
            && int.TryParse(text[^5..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            ? year
            : null;
    }

    /// <summary>Genres between bars, without repeats; none for the empty text and for the words that say so.</summary>
    public static string[] Genres(string genres) =>
        genres.Length == 0 || genres == NoGenres
            ? []
            : [.. genres.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];
}
