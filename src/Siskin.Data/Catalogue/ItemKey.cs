using System.IO.Hashing;
using System.Text;

namespace Siskin.Data.Catalogue;

/// <summary>A stable 64-bit name for an id: what profiles, logs and shared stores keep instead of a string.</summary>
/// <remarks>
/// XxHash64 of the id's UTF-8 bytes, seed 0. Two ids with one key are improbable (about n²/2⁶⁵ for n ids);
/// the catalogue refuses the second.
/// </remarks>
public static class ItemKey
{
    /// <summary>The key of an id.</summary>
    public static long Of(ReadOnlySpan<char> id)
    {
        const int MaxStack = 1024;
        var size = Encoding.UTF8.GetMaxByteCount(id.Length);
        var bytes = size <= MaxStack ? stackalloc byte[MaxStack] : new byte[size];
        var length = Encoding.UTF8.GetBytes(id, bytes);
        return (long)XxHash64.HashToUInt64(bytes[..length]);
    }
}
