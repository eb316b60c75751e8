using System.Globalization;

namespace Siskin.Inference.Registry;

/// <summary>Which versions of a model are loaded, by the policies of TensorFlow Serving; labelled ones are in any case.</summary>
public sealed record VersionPolicy
{
    private VersionPolicy(int latest, IReadOnlyList<long>? specific) => (Count, Versions) = (latest, specific);

    /// <summary>The newest alone.</summary>
    public static VersionPolicy Default { get; } = Latest(1);

    /// <summary>All there are.</summary>
    public static VersionPolicy All { get; } = new(int.MaxValue, null);

    /// <summary>How many of the newest.</summary>
    public int Count { get; }

    /// <summary>The versions by number; null when the newest are meant.</summary>
    public IReadOnlyList<long>? Versions { get; }

    /// <summary>The newest few.</summary>
    public static VersionPolicy Latest(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new(count, null);
    }

    /// <summary>Some by number.</summary>
    public static VersionPolicy Specific(params IReadOnlyList<long> versions) => new(0, versions);

    /// <summary>Reads <c>latest:N</c>, <c>all</c> or <c>specific:V,V,…</c>.</summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static VersionPolicy Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == "all")
        {
            return All;
        }

        var (kind, rest) = text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var at ? (text[..at], text[(at + 1)..]) : (text, string.Empty);
        if (kind == "latest" && int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
        {
            return Latest(count);
        }

        var numbers = rest.Split(',').Select(part => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).ToArray();
        return kind == "specific" && !numbers.Contains(-1)
            ? Specific(numbers)
            : throw new FormatException($"'{text}' is no version policy; latest:N, all and specific:V,V,… are");
    }

    /// <summary>The versions to load.</summary>
    /// <param name="found">All there are, ascending.</param>
    public IEnumerable<long> Choose(IReadOnlyList<long> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        return Versions is null ? found.Skip(Math.Max(0, found.Count - Count)) : found.Where(Versions.Contains);
    }

    /// <inheritdoc/>
    public override string ToString() => Versions is not null
        ? "specific:" + string.Join(',', Versions.Select(version => version.ToString(CultureInfo.InvariantCulture)))
        : Count == int.MaxValue ? "all" : string.Create(CultureInfo.InvariantCulture, $"latest:{Count}");
}
