namespace Siskin.Data.Catalogue;

/// <summary>The order in which catalogues list ids: that of their Unicode code points.</summary>
/// <remarks>
/// The same order as comparing UTF-8 bytes, which is what databases do (SQLite's BINARY, PostgreSQL's "C").
/// <see cref="StringComparer.Ordinal"/> differs: it sorts code points above U+FFFF before U+E000 to U+FFFF.
/// </remarks>
public sealed class IdOrder : IComparer<string>
{
    private IdOrder()
    {
    }

    /// <summary>The one instance; without state.</summary>
    public static IdOrder Instance { get; } = new();

    /// <summary>Compares two ids; null comes first.</summary>
    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
        {
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        }

        var common = x.AsSpan().CommonPrefixLength(y);
        if (common == x.Length || common == y.Length)
        {
            return x.Length.CompareTo(y.Length);
        }

        return Rank(x[common]) - Rank(y[common]);
    }

    // Surrogates stand for code points above U+FFFF, so they must rank above the rest of the basic plane.
    private static int Rank(char unit) => unit switch
    {
        < '\uD800' => unit,
        > '\uDFFF' => unit - 0x800,
        _ => unit + 0x2000,
    };
}
