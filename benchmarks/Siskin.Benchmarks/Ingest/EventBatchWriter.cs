using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Siskin.Benchmarks.Ingest;

/// <summary>Writes bodies of events as a site would post them: users and items of the synthetic world by Zipf's law.</summary>
internal sealed class EventBatchWriter(string[] users, string[] items, int seed)
{
    private static readonly string[] Types = ["click", "view", "like", "purchase"];

    private readonly Random _random = new(seed);
    private readonly ZipfSampler _users = new(users.Length, 1);
    private readonly ZipfSampler _items = new(items.Length, 1);
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 16);

    /// <summary>A batch with the ids <c>e-FIRST</c> and following; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Write(long first, int count)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer))
        {
            json.WriteStartArray();
            for (var i = 0; i < count; i++)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, string.Create(CultureInfo.InvariantCulture, $"e-{first + i}"));
                json.WriteString("type"u8, Types[_random.Next(Types.Length)]);
                json.WriteString("user"u8, users[_users.Next(_random)]);
                json.WriteString("item"u8, items[_items.Next(_random)]);
                json.WriteNumber("time"u8, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return _buffer.WrittenMemory;
    }
}
