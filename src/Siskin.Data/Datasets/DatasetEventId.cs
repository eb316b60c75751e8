using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Siskin.Data.Datasets;

/// <summary>Event ids for data sets that have none: the same row always gets the same id, so importing twice changes nothing.</summary>
internal static class DatasetEventId
{
    /// <summary>
    /// Lower-case hex of the XxHash128 of data set, type, user, item (UTF-8, each behind its length), time in
    /// milliseconds since 1970, value and line number (little-endian; no value is NaN). 32 characters.
    /// </summary>
    public static string Of(string dataset, string type, string user, string item, DateTimeOffset time, double? value, long line)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var size = 40 + (3 * (dataset.Length + type.Length + user.Length + item.Length));
        if (size > buffer.Length)
        {
            buffer = new byte[size];
        }

        var at = Write(buffer, 0, dataset);
        at = Write(buffer, at, type);
        at = Write(buffer, at, user);
        at = Write(buffer, at, item);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[at..], time.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteDoubleLittleEndian(buffer[(at + 8)..], value ?? double.NaN);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[(at + 16)..], line);
        Span<byte> hash = stackalloc byte[16];
        XxHash128.Hash(buffer[..(at + 24)], hash);
        return Convert.ToHexStringLower(hash);
    }

    private static int Write(Span<byte> buffer, int at, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, buffer[(at + 4)..]);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[at..], length);
        return at + 4 + length;
    }
}
