using System.IO.Hashing;
using System.Text;
using Siskin.Storage.EventLog;

namespace Siskin.Tests.Storage;

public sealed class EventIdTests
{
    [Fact]
    public void The_set_agrees_with_a_plain_set_through_adds_and_removals()
    {
        var random = new Random(11);
        var set = new EventIdSet();
        var plain = new HashSet<UInt128>();
        for (var i = 0; i < 20_000; i++)
        {
            // Few distinct low bits, so that long chains of probes arise.
            var hash = new UInt128((ulong)random.Next(40), (ulong)random.Next(60)) + 1;
            if (random.Next(3) > 0)
            {
                Assert.Equal(plain.Add(hash), set.Add(hash));
            }
            else
            {
                plain.Remove(hash);
                set.Remove(hash);
            }

            Assert.Equal(plain.Count, set.Count);
            var other = new UInt128((ulong)random.Next(40), (ulong)random.Next(60)) + 1;
            Assert.Equal(plain.Contains(other), set.Contains(other));
        }

        Assert.Equal(plain.Order(), set.ToSorted());
    }

    [Fact]
    public void The_filter_knows_every_id_added_and_few_others()
    {
        const int Count = 20_000;
        var filter = new EventIdFilter(Count);
        for (var i = 0; i < Count; i++)
        {
            filter.Add(Hash(i));
        }

        var passed = 0;
        for (var i = 0; i < Count; i++)
        {
            Assert.True(filter.MayContain(Hash(i)));
            passed += filter.MayContain(Hash(-1 - i)) ? 1 : 0;
        }

        Assert.InRange(passed, 0, Count / 50);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(5_000)]
    public void The_index_finds_exactly_the_ids_of_its_segment(int count)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("0.ids");
        EventIdSegmentIndex.Write(path, 42, 77, Sorted(count));

        using var index = EventIdSegmentIndex.TryOpen(path, 42);

        Assert.NotNull(index);
        Assert.Equal(77, index.NewestAppendMs);
        for (var i = 0; i < count; i++)
        {
            Assert.True(index.Contains(Hash(i)));
        }

        for (var i = 1; i < 5_000; i++)
        {
            Assert.False(index.Contains(Hash(-i)));
        }

        Assert.Null(EventIdSegmentIndex.TryOpen(path, 43));
        Assert.Null(EventIdSegmentIndex.TryOpen(folder.File("1.ids"), 42));
    }

    [Fact]
    public void Hashes_with_equal_upper_halves_are_found_on_every_page()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("0.ids");
        var hashes = Enumerable.Range(1, 1_500).Select(i => new UInt128(i <= 100 ? 1UL : i <= 1_400 ? 7UL : 9UL, (ulong)i * 0x9E3779B97F4A7C15)).Order().ToArray();
        EventIdSegmentIndex.Write(path, 0, 0, hashes);

        using var index = EventIdSegmentIndex.TryOpen(path, 0);

        Assert.All(hashes, hash => Assert.True(index!.Contains(hash)));
        Assert.False(index!.Contains(new UInt128(7, 3)));
    }

    [Fact]
    public void Any_flipped_byte_or_lost_tail_makes_the_index_unusable()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("0.ids");
        EventIdSegmentIndex.Write(path, 0, 0, Sorted(20));
        var bytes = File.ReadAllBytes(path);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 8;
            File.WriteAllBytes(path, bytes);
            Assert.Null(EventIdSegmentIndex.TryOpen(path, 0));
            bytes[i] ^= 8;
            File.WriteAllBytes(path, bytes[..i]);
            Assert.Null(EventIdSegmentIndex.TryOpen(path, 0));
        }
    }

    private static UInt128[] Sorted(int count) => [.. Enumerable.Range(0, count).Select(Hash).Order()];

    private static UInt128 Hash(int i) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes($"id-{i}"));
}
