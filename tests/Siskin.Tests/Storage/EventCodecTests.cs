using FsCheck;
using FsCheck.Fluent;
using Siskin.Data.Events;
using Siskin.Storage.EventLog;
using static Siskin.Tests.Data.SampleEvents;

namespace Siskin.Tests.Storage;

public sealed class EventCodecTests
{
    private static readonly string[] Nasty =
        ["", "\0", "a", "\uFEFF", "\uFFFD", "\u0301\u0301", "ä", "\U0001F9C0\u200D\U0001F9C0", "\r\n", "\"'\\", "1", "\U0010FFFF", new('x', 127), new('y', 128), new('ß', 20_000)];

    private static readonly double?[] Values = [null, 0, -0.0, double.MaxValue, double.Epsilon, -1e15, double.NaN, double.NegativeInfinity];

    [Fact]
    public void Every_batch_comes_back_as_it_was()
    {
        var text = Gen.OneOf(Gen.Elements(Nasty), ArbMap.Default.GeneratorFor<string>().Where(s => s is not null && IsUnicode(s)));
        var optional = Gen.OneOf(text, Gen.Constant<string>(null!));
        var time = Gen.Choose(int.MinValue, int.MaxValue).Select(i => DateTimeOffset.FromUnixTimeMilliseconds(i * 2_000L));
        var one =
            from texts in Gen.ArrayOf(text, 4)
            from request in optional
            from scene in optional
            from value in Gen.Elements(Values)
            from at in time
            select new Event { Id = texts[0], Type = texts[1], User = texts[2], Item = texts[3], Request = request, Scene = scene, Value = value, Time = at };

        Prop.ForAll(Gen.NonEmptyListOf(one).Select(list => list.ToArray()).ToArbitrary(), RoundTrips)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(20250601, 7));
    }

    [Fact]
    public void Hashes_of_ids_are_the_same_from_the_events_and_from_the_payload()
    {
        var events = Many("e", 1_000);
        var encoded = EventCodec.Encode(events);
        var found = new List<UInt128>();

        EventCodec.HashIds(encoded.Seal(0, 0).Span[EventFrame.HeaderBytes..], found.Add);

        Assert.Equal(encoded.IdHashes, found);
        Assert.Equal(1_000, found.Distinct().Count());
    }

    [Fact]
    public void Repeated_strings_are_written_once()
    {
        var events = Many("e", 100).Select(e => e with { Scene = new string('s', 200), User = new string('u', 200) }).ToArray();

        Assert.InRange(EventCodec.Encode(events).Length, 100, 2_000);
    }

    [Fact]
    public void A_string_that_is_not_Unicode_is_refused()
    {
        Assert.ThrowsAny<ArgumentException>(() => EventCodec.Encode([Plain("a") with { User = "\uD800" }]));
    }

    [Fact]
    public void A_batch_above_the_limit_is_refused()
    {
        var large = new string('x', EventFrame.MaxPayloadBytes);

        Assert.Throws<ArgumentException>(() => EventCodec.Encode([Plain("a") with { Scene = large }]));
    }

    [Fact]
    public void Damaged_payloads_are_refused_or_decoded_but_never_fail_otherwise()
    {
        var payload = EventCodec.Encode([Full("a"), Plain("b"), Full("c")]).Seal(0, 0).ToArray()[EventFrame.HeaderBytes..];
        var random = new Random(3);
        var refused = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var damaged = payload[..random.Next(payload.Length + 1)];
            for (var flips = random.Next(3); flips > 0 && damaged.Length > 0; flips--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                EventCodec.Decode(damaged);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 2_500, 5_000);
    }

    private static bool RoundTrips(Event[] events)
    {
        var frame = EventCodec.Encode(events).Seal(17, 99).Span;
        return EventFrame.TryReadHeader(frame, out var header)
            && header == new EventFrame(frame.Length - EventFrame.HeaderBytes, 17, 99)
            && EventFrame.IsIntact(frame)
            && EventCodec.Decode(frame[EventFrame.HeaderBytes..]).SequenceEqual(events);
    }

    private static bool IsUnicode(string text) => text.EnumerateRunes().Sum(rune => rune.Utf16SequenceLength) == text.Length && !text.Contains('\uFFFD');
}
