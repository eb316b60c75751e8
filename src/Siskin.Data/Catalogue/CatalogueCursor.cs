using System.Buffers.Text;
using System.Text;

namespace Siskin.Data.Catalogue;

/// <summary>The cursor of a listing: the last id of a page, as base64url of its UTF-8 bytes.</summary>
/// <remarks>For those who implement <see cref="ICatalogue"/>; to all others a cursor is opaque.</remarks>
public static class CatalogueCursor
{
    /// <summary>Largest page.</summary>
    public const int MaxLimit = 1_000;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The cursor that continues behind an id.</summary>
    public static string After(string id) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(id));

    /// <summary>The id behind which a page begins; empty for the first page.</summary>
    /// <exception cref="ArgumentException">The cursor is malformed.</exception>
    public static string Read(string? cursor)
    {
        if (cursor is null)
        {
            return string.Empty;
        }

        try
        {
            var id = StrictUtf8.GetString(Base64Url.DecodeFromChars(cursor));
            if (id.Length is > 0 and <= CatalogueValidator.MaxIdLength && After(id) == cursor)
            {
                return id;
            }
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            // Told below, as for every other malformed cursor.
        }

        throw new ArgumentException("The cursor did not come from a listing.", nameof(cursor));
    }

    /// <summary>Checks a page's size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not between 1 and <see cref="MaxLimit"/>.</exception>
    public static void CheckLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxLimit);
    }
}
