using System.IO.Hashing;
using Siskin.Data.Events;

namespace Siskin.Storage.EventLog;

/// <summary>Turns batches of events into the payload of a frame and back.</summary>
/// <remarks>
/// Payload: count; the ids (length, UTF-8), first so that a scan for ids need not decode the rest; then per event flags,
/// type, user, item, time (difference to the event before, unix ms, zigzag), and value, request and scene if present.
/// Strings other than ids are 0 followed by the text when new in this payload, else the number, from 1, of the earlier
/// one. Numbers are varints. Times keep the millisecond and come back in UTC.
/// </remarks>
internal static class EventCodec
{
    private const byte HasValue = 1;
    private const byte HasRequest = 2;
    private const byte HasScene = 4;

    // A dictionary that one huge batch has blown up is not kept for its thread.
    private const int MaxKeptStrings = 16_384;

    [ThreadStatic]
    private static Dictionary<string, int>? _known;

    /// <summary>Encodes a batch, with room for the frame's header in front.</summary>
    /// <exception cref="ArgumentException">A string is not valid Unicode, or the batch is above <see cref="EventFrame.MaxPayloadBytes"/>.</exception>
    public static EncodedBatch Encode(Event[] events)
    {
        var buffer = new EventBuffer((int)Math.Min(EventFrame.HeaderBytes + (events.Length * 96L), EventFrame.MaxPayloadBytes));
        var known = _known ??= new(StringComparer.Ordinal);
        try
        {
            var hashes = new UInt128[events.Length];
            buffer.Skip(EventFrame.HeaderBytes);
            buffer.WriteVarint((uint)events.Length);
            for (var i = 0; i < events.Length; i++)
            {
                hashes[i] = XxHash128.HashToUInt128(buffer.WriteString(events[i].Id));
            }

            var time = 0L;
            foreach (var e in events)
            {
                WriteEvent(ref buffer, e, ref time, known);
                if (buffer.Length - EventFrame.HeaderBytes > EventFrame.MaxPayloadBytes)
                {
                    throw new ArgumentException($"The events of one append take more than {EventFrame.MaxPayloadBytes >> 20} MiB; append them in parts.", nameof(events));
                }
            }

            var payload = buffer.Array.AsSpan(EventFrame.HeaderBytes, buffer.Length - EventFrame.HeaderBytes);
            return new(events, buffer.Array, buffer.Length, XxHash3.HashToUInt64(payload), hashes);
        }
        catch
        {
            buffer.Return();
            throw;
        }
        finally
        {
            if (known.Count > MaxKeptStrings)
            {
                _known = null;
            }

            known.Clear();
        }
    }

    /// <summary>Decodes a payload.</summary>
    /// <exception cref="InvalidDataException">Not a payload that <see cref="Encode"/> wrote.</exception>
    public static Event[] Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new EventPayloadReader(payload);
        var count = reader.ReadCount();
        var ids = new string[count];
        for (var i = 0; i < count; i++)
        {
            ids[i] = reader.ReadString();
        }

        var events = new Event[count];
        var known = new List<string>();
        var time = 0L;
        for (var i = 0; i < count; i++)
        {
            events[i] = ReadEvent(ref reader, ids[i], ref time, known);
        }

        reader.CheckEnd();
        return events;
    }

    /// <summary>Calls back with the hash of every id in a payload.</summary>
    /// <exception cref="InvalidDataException">Not a payload that <see cref="Encode"/> wrote.</exception>
    public static void HashIds(ReadOnlySpan<byte> payload, Action<UInt128> found)
    {
        var reader = new EventPayloadReader(payload);
        var count = reader.ReadCount();
        for (var i = 0; i < count; i++)
        {
            found(XxHash128.HashToUInt128(reader.ReadBytes()));
        }
    }

    private static void WriteEvent(ref EventBuffer buffer, Event e, ref long time, Dictionary<string, int> known)
    {
        var flags = (e.Value is null ? 0 : HasValue) | (e.Request is null ? 0 : HasRequest) | (e.Scene is null ? 0 : HasScene);
        buffer.WriteByte((byte)flags);
        WriteText(ref buffer, e.Type, known);
        WriteText(ref buffer, e.User, known);
        WriteText(ref buffer, e.Item, known);
        var now = e.Time.ToUnixTimeMilliseconds();
        buffer.WriteZigzag(now - time);
        time = now;
        if (e.Value is { } value)
        {
            buffer.WriteDouble(value);
        }

        if (e.Request is not null)
        {
            WriteText(ref buffer, e.Request, known);
        }

        if (e.Scene is not null)
        {
            WriteText(ref buffer, e.Scene, known);
        }
    }

    private static Event ReadEvent(ref EventPayloadReader reader, string id, ref long time, List<string> known)
    {
        var flags = reader.ReadByte();
        var type = ReadText(ref reader, known);
        var user = ReadText(ref reader, known);
        var item = ReadText(ref reader, known);
        time += reader.ReadZigzag();
        return new()
        {
            Id = id,
            Type = type,
            User = user,
            Item = item,
            Time = EventPayloadReader.ToTime(time),
            Value = (flags & HasValue) == 0 ? null : reader.ReadDouble(),
            Request = (flags & HasRequest) == 0 ? null : ReadText(ref reader, known),
            Scene = (flags & HasScene) == 0 ? null : ReadText(ref reader, known),
        };
    }

    private static void WriteText(ref EventBuffer buffer, string text, Dictionary<string, int> known)
    {
        if (known.TryGetValue(text, out var number))
        {
            buffer.WriteVarint((uint)number);
            return;
        }

        known.Add(text, known.Count + 1);
        buffer.WriteByte(0);
        buffer.WriteString(text);
    }

    private static string ReadText(ref EventPayloadReader reader, List<string> known)
    {
        var number = reader.ReadVarint();
        if (number == 0)
        {
            var text = reader.ReadString();
            known.Add(text);
            return text;
        }

        return number <= (ulong)known.Count ? known[(int)number - 1] : throw EventPayloadReader.Damaged();
    }
}
