using Siskin.Data.Events;
using Siskin.Storage.EventLog;
using Siskin.Tests.Data;
using static Siskin.Tests.Data.SampleEvents;

namespace Siskin.Tests.Storage;

public sealed class LocalEventLogTests : EventLogConformance
{
    private static readonly EventLogOptions Small = new() { SegmentBytes = 512 };

    [Fact]
    public async Task Segments_are_named_for_their_position_and_read_as_one_log()
    {
        using var folder = new TemporaryFolder();
        await using var log = LocalEventLog.Open(folder.Path, Small);
        for (var i = 0; i < 40; i++)
        {
            await log.AppendAsync(Many($"{i}-", 3));
        }

        var batches = await log.ReadAsync(0).ToListAsync();
        var starts = EventSegment.List(folder.Path).Select(segment => segment.Start).ToList();

        Assert.Equal(40, batches.Count);
        Assert.True(starts.Count > 5);
        Assert.Subset(batches.Select(batch => batch.Start).ToHashSet(), starts.ToHashSet());
        Assert.All(batches.Zip(batches.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
        foreach (var batch in batches)
        {
            Assert.Equal(batch.Start, (await log.ReadAsync(batch.Start).FirstAsync()).Start);
        }
    }

    [Fact]
    public async Task Ids_are_known_across_segments_and_after_reopening()
    {
        using var folder = new TemporaryFolder();
        for (var round = 0; round < 3; round++)
        {
            await using var log = LocalEventLog.Open(folder.Path, Small);
            for (var i = 0; i < 20; i++)
            {
                var result = await log.AppendAsync(Many($"{i}-", 7));
                Assert.Equal(round == 0 ? 7 : 0, result.Accepted);
            }
        }

        Assert.True(Directory.GetFiles(folder.Path, "*.ids").Length > 3);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("cut")]
    [InlineData("flipped")]
    public async Task A_missing_or_damaged_index_of_ids_is_rebuilt(string damage)
    {
        using var folder = new TemporaryFolder();
        await using (var log = LocalEventLog.Open(folder.Path, Small))
        {
            for (var i = 0; i < 20; i++)
            {
                await log.AppendAsync(Many($"{i}-", 7));
            }
        }

        var files = Directory.GetFiles(folder.Path, "*.ids");
        var originals = files.ToDictionary(path => path, File.ReadAllBytes);
        foreach (var (path, bytes) in originals)
        {
            switch (damage)
            {
                case "missing":
                    File.Delete(path);
                    break;
                case "cut":
                    File.WriteAllBytes(path, bytes[..^9]);
                    break;
                default:
                    var flipped = (byte[])bytes.Clone();
                    flipped[60] ^= 4;
                    File.WriteAllBytes(path, flipped);
                    break;
            }
        }

        await using var reopened = LocalEventLog.Open(folder.Path, Small);

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(7, (await reopened.AppendAsync(Many($"{i}-", 7))).Duplicates);
        }

        Assert.All(originals, original => Assert.Equal(original.Value, File.ReadAllBytes(original.Key)));
    }

    [Fact]
    public async Task Segments_beyond_the_horizon_are_no_longer_asked()
    {
        using var folder = new TemporaryFolder();
        var time = new ManualTimeProvider();
        await using (var log = LocalEventLog.Open(folder.Path, Small, time))
        {
            await log.AppendAsync(Many("old", 100));
            await log.AppendAsync([Plain("young")]);
            Assert.Equal(2, EventSegment.List(folder.Path).Count);

            time.Now += TimeSpan.FromDays(7);
            Assert.Equal(100, (await log.AppendAsync(Many("old", 100))).Duplicates);

            time.Now += TimeSpan.FromSeconds(1);
            Assert.Equal(100, (await log.AppendAsync(Many("old", 100))).Accepted);
        }

        time.Now += TimeSpan.FromDays(8);
        await using var reopened = LocalEventLog.Open(folder.Path, Small, time);
        Assert.Equal(0, (await reopened.AppendAsync([Plain("fresh")])).Duplicates);
        Assert.Equal(202, (await ReadIdsAsync(reopened)).Count);
    }

    [Fact]
    public async Task A_second_writer_is_refused_until_the_first_is_gone()
    {
        using var folder = new TemporaryFolder();
        await using (LocalEventLog.Open(folder.Path))
        {
            var error = Assert.Throws<IOException>(() => LocalEventLog.Open(folder.Path));
            Assert.Contains("in use by another process", error.Message);
            Assert.Contains(folder.Path, error.Message);
        }

        await using var second = LocalEventLog.Open(folder.Path);
        Assert.Equal(1, (await second.AppendAsync([Plain("a")])).Accepted);
    }

    [Fact]
    public async Task A_reader_follows_beside_the_writer()
    {
        using var folder = new TemporaryFolder();
        await using var log = LocalEventLog.Open(folder.Path, Small);
        await using var reader = LocalEventLog.OpenReader(folder.Path);
        Assert.Equal(0, reader.End);
        var position = 0L;
        var seen = new List<string>();

        for (var i = 0; i < 30; i++)
        {
            await log.AppendAsync(Many($"{i}-", 2));
            if (i % 3 == 0)
            {
                await foreach (var batch in reader.ReadAsync(position))
                {
                    seen.AddRange(batch.Events.Select(e => e.Id));
                    position = batch.End;
                }

                Assert.Equal(log.End, position);
                Assert.Equal(log.End, reader.End);
                Assert.Equal(await ReadIdsAsync(log), seen);
            }
        }

        await Assert.ThrowsAsync<NotSupportedException>(async () => await reader.AppendAsync([Plain("x")]));
        await Assert.ThrowsAsync<NotSupportedException>(async () => await reader.AttachAsync(null!));
    }

    [Fact]
    public async Task A_reader_beside_busy_appends_sees_whole_batches_without_gaps()
    {
        using var folder = new TemporaryFolder();
        await using var log = LocalEventLog.Open(folder.Path, new() { SegmentBytes = 16_384 });
        await using var reader = LocalEventLog.OpenReader(folder.Path);
        var writers = Task.WhenAll(Enumerable.Range(0, 4).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await log.AppendAsync(Many($"{caller}/{i}/", 5));
            }
        })));

        var position = 0L;
        var count = 0;
        bool isLast;
        do
        {
            isLast = writers.IsCompleted;
            await foreach (var batch in reader.ReadAsync(position))
            {
                Assert.Equal(position, batch.Start);
                Assert.Equal(5, batch.Events.Count);
                position = batch.End;
                count += batch.Events.Count;
            }
        }
        while (!isLast);

        await writers;
        Assert.Equal(2_000, count);
        Assert.Equal(log.End, position);
    }

    [Fact]
    public void A_reader_of_nothing_says_so()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<DirectoryNotFoundException>(() => LocalEventLog.OpenReader(folder.File("missing")));
        Assert.Equal(0, LocalEventLog.OpenReader(folder.Path).End);
    }

    [Fact]
    public void Options_out_of_range_are_all_named()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<ArgumentException>(() => LocalEventLog.Open(
            folder.Path,
            new() { SegmentBytes = 1, QueuedAppends = 0, IdempotenceHorizon = TimeSpan.FromDays(-1) }));

        Assert.Contains(nameof(EventLogOptions.SegmentBytes), error.Message);
        Assert.Contains("It is 1.", error.Message);
        Assert.Contains(nameof(EventLogOptions.QueuedAppends), error.Message);
        Assert.Contains(nameof(EventLogOptions.IdempotenceHorizon), error.Message);
    }

    [Fact]
    public async Task More_appends_than_the_queue_holds_wait_their_turn()
    {
        using var folder = new TemporaryFolder();
        await using var log = LocalEventLog.Open(folder.Path, new() { QueuedAppends = 1, GroupBytes = 1 });

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => log.AppendAsync([Plain($"{i}")]).AsTask()));

        Assert.Equal(50, results.Sum(result => result.Accepted));
        Assert.Equal(50, (await ReadIdsAsync(log)).Count);
    }

    [Fact]
    public async Task Appends_under_way_are_stored_before_disposal_ends()
    {
        using var folder = new TemporaryFolder();
        var log = LocalEventLog.Open(folder.Path);
        var appends = Enumerable.Range(0, 20).Select(i => log.AppendAsync([Plain($"{i}")]).AsTask()).ToArray();

        await log.DisposeAsync();
        await Task.WhenAll(appends);

        Assert.Equal(20, (await ReadIdsAsync(LocalEventLog.OpenReader(folder.Path))).Count);
    }

    protected override Task<EventLogBackend> CreateAsync(TimeProvider time) => Task.FromResult<EventLogBackend>(new Backend(time));

    private sealed class Backend : EventLogBackend
    {
        private readonly TemporaryFolder _folder = new();
        private readonly TimeProvider _time;
        private LocalEventLog _log;

        public Backend(TimeProvider time)
        {
            _time = time;
            _log = Open();
        }

        public override IEventLog Log => _log;

        public override async Task ReopenAsync()
        {
            await _log.DisposeAsync();
            _log = Open();
        }

        public override async ValueTask DisposeAsync()
        {
            await _log.DisposeAsync();
            _folder.Dispose();
        }

        // Segments small enough that the suite crosses their borders.
        private LocalEventLog Open() => LocalEventLog.Open(_folder.Path, new() { SegmentBytes = 1_024 }, _time);
    }
}
