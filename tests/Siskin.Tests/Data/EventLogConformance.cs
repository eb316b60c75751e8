using System.Collections.Concurrent;
using Siskin.Data.Events;
using static Siskin.Tests.Data.SampleEvents;

namespace Siskin.Tests.Data;

/// <summary>What every backend of <see cref="IEventLog"/> promises.</summary>
public abstract class EventLogConformance
{
    /// <summary>An empty log that measures a horizon of 7 days by the clock.</summary>
    protected abstract Task<EventLogBackend> CreateAsync(TimeProvider time);

    [Fact]
    public async Task An_empty_log_ends_where_it_begins()
    {
        await using var backend = await CreateAsync(TimeProvider.System);

        Assert.Equal(0, backend.Log.End);
        Assert.Empty(await backend.Log.ReadAsync(0).ToListAsync());
    }

    [Fact]
    public async Task An_event_comes_back_with_everything_it_had()
    {
        await using var backend = await CreateAsync(TimeProvider.System);
        Event[] events = [Full("a"), Plain("b"), Full("c") with { Value = null }, Full("d") with { Scene = null }, Full("e") with { Request = null }];

        await backend.Log.AppendAsync(events);

        var batch = Assert.Single(await backend.Log.ReadAsync(0).ToListAsync());
        Assert.Equal(events, batch.Events);
    }

    [Fact]
    public async Task Times_are_kept_to_the_millisecond()
    {
        await using var backend = await CreateAsync(TimeProvider.System);
        var time = new DateTimeOffset(1901, 1, 1, 0, 0, 0, 7, TimeSpan.FromHours(-8));

        await backend.Log.AppendAsync([Plain("a") with { Time = time }, Plain("b") with { Time = Time }]);

        var batch = Assert.Single(await backend.Log.ReadAsync(0).ToListAsync());
        Assert.Equal([time, Time], batch.Events.Select(e => e.Time));
    }

    [Fact]
    public async Task Batches_follow_one_another_without_gaps()
    {
        await using var backend = await CreateAsync(TimeProvider.System);
        var log = backend.Log;
        for (var i = 0; i < 5; i++)
        {
            var result = await log.AppendAsync(Many($"{i}-", i + 1));
            Assert.Equal(i + 1, result.Accepted);
            Assert.Equal(0, result.Duplicates);
            Assert.Equal(log.End, result.End);
        }

        var batches = await log.ReadAsync(0).ToListAsync();

        Assert.Equal([1, 2, 3, 4, 5], batches.Select(batch => batch.Events.Count));
        Assert.Equal(0, batches[0].Start);
        Assert.All(batches.Zip(batches.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
        Assert.All(batches, batch => Assert.True(batch.Start < batch.End));
        Assert.Equal(log.End, batches[^1].End);
        foreach (var batch in batches)
        {
            Assert.Equal(batches.Where(later => later.Start >= batch.End).Select(later => later.Start), (await log.ReadAsync(batch.End).ToListAsync()).Select(later => later.Start));
        }
    }

    [Fact]
    public async Task A_position_that_the_log_never_gave_is_refused()
    {
        await using var backend = await CreateAsync(TimeProvider.System);
        await backend.Log.AppendAsync(Many("a", 3));
        await backend.Log.AppendAsync(Many("b", 3));

        foreach (var position in new[] { -1, 1, backend.Log.End - 1, backend.Log.End + 1 })
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await backend.Log.ReadAsync(position).ToListAsync());
        }
    }

    [Fact]
    public async Task An_empty_append_changes_nothing()
    {
        await using var backend = await CreateAsync(TimeProvider.System);

        Assert.Equal(new AppendResult(0, 0, 0), await backend.Log.AppendAsync([]));
        Assert.Equal(0, backend.Log.End);
    }

    [Fact]
    public async Task An_event_id_is_stored_once()
    {
        await using var backend = await CreateAsync(TimeProvider.System);
        var log = backend.Log;
        await log.AppendAsync([Plain("a"), Plain("b")]);

        var inCall = await log.AppendAsync([Plain("c"), Plain("c") with { User = "other" }, Plain("C")]);
        var mixed = await log.AppendAsync([Plain("d"), Plain("a"), Plain("e"), Plain("c")]);
        var end = log.End;
        var none = await log.AppendAsync([Plain("b"), Plain("e")]);

        Assert.Equal((2, 1), (inCall.Accepted, inCall.Duplicates));
        Assert.Equal((2, 2), (mixed.Accepted, mixed.Duplicates));
        Assert.Equal((0, 2, end), (none.Accepted, none.Duplicates, none.End));
        Assert.Equal(end, log.End);
        Assert.Equal(["a", "b", "c", "C", "d", "e"], await ReadIdsAsync(log));
        Assert.Equal("u", (await log.ReadAsync(0).ToListAsync())[1].Events[0].User);
    }

    [Fact]
    public async Task An_event_id_is_known_throughout_the_horizon_and_after_reopening()
    {
        var time = new ManualTimeProvider();
        await using var backend = await CreateAsync(time);
        await backend.Log.AppendAsync([Plain("a")]);
        await backend.ReopenAsync();
        time.Now += TimeSpan.FromDays(7);

        Assert.Equal(1, (await backend.Log.AppendAsync([Plain("a")])).Duplicates);
        Assert.Equal(["a"], await ReadIdsAsync(backend.Log));
    }

    [Fact]
    public async Task Concurrent_appends_lose_and_double_nothing_and_keep_the_order_of_each_caller()
    {
        await using var backend = await CreateAsync(TimeProvider.System);
        var log = backend.Log;
        var shared = new ConcurrentBag<AppendResult>();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
            {
                var result = await log.AppendAsync([Plain($"{caller}/{i:D2}/0"), Plain($"shared-{i}"), Plain($"{caller}/{i:D2}/1")]);
                shared.Add(result);
                Assert.True(log.End >= result.End);
            }
        })));

        var ids = await ReadIdsAsync(log);
        Assert.Equal((8 * 25 * 2) + 25, ids.Count);
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(ids.Count, shared.Sum(result => result.Accepted));
        Assert.Equal(7 * 25, shared.Sum(result => result.Duplicates));
        for (var caller = 0; caller < 8; caller++)
        {
            var own = ids.Where(id => id.StartsWith($"{caller}/", StringComparison.Ordinal)).ToList();
            Assert.Equal(own.Order(StringComparer.Ordinal), own);
        }
    }

    [Fact]
    public async Task A_sink_is_told_of_each_batch_once_in_order_before_its_append_returns()
    {
        await using var backend = await CreateAsync(TimeProvider.System);
        var log = backend.Log;
        await log.AppendAsync(Many("before", 2));
        var sink = new RecordingSink();
        Assert.Equal(log.End, await log.AttachAsync(sink));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
            {
                await log.AppendAsync([Plain($"{caller}/{i}"), Plain($"before{caller % 2}")]);
                Assert.Contains($"{caller}/{i}", sink.Ids);
            }
        })));

        var stored = (await log.ReadAsync(0).ToListAsync()).Skip(1).ToList();
        Assert.Equal(stored.Select(batch => (batch.Start, batch.End)), sink.Batches.Select(batch => (batch.Start, batch.End)));
        Assert.Equal(stored.SelectMany(batch => batch.Events), sink.Batches.SelectMany(batch => batch.Events));
        Assert.False(sink.Overlapped);
    }

    [Fact]
    public async Task A_sink_attached_beside_appends_misses_and_repeats_nothing()
    {
        await using var backend = await CreateAsync(TimeProvider.System);
        var log = backend.Log;
        var sink = new RecordingSink();
        var appends = Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                await log.AppendAsync([Plain($"{i}")]);
            }
        });
        while (log.End == 0)
        {
            await Task.Yield();
        }

        var position = await log.AttachAsync(sink);
        await appends;

        var tail = await log.ReadAsync(position).ToListAsync();
        Assert.Equal(tail.Select(batch => batch.Start), sink.Batches.Select(batch => batch.Start));
        Assert.Equal(60, (await ReadIdsAsync(log)).Count);
    }

    [Fact]
    public async Task A_sink_that_throws_hinders_neither_the_append_nor_other_sinks()
    {
        await using var backend = await CreateAsync(TimeProvider.System);
        var sink = new RecordingSink();
        await backend.Log.AttachAsync(new ThrowingSink());
        await backend.Log.AttachAsync(sink);

        var result = await backend.Log.AppendAsync([Plain("a")]);

        Assert.Equal(1, result.Accepted);
        Assert.Equal(["a"], sink.Ids);
        Assert.Equal(["a"], await ReadIdsAsync(backend.Log));
    }

    [Fact]
    public async Task A_sink_can_read_the_batch_that_it_is_told_of()
    {
        await using var backend = await CreateAsync(TimeProvider.System);
        var ends = new List<(long Batch, long Log)>();
        await backend.Log.AttachAsync(new CallbackSink(batch => ends.Add((batch.End, backend.Log.End))));

        await backend.Log.AppendAsync([Plain("a")]);
        await backend.Log.AppendAsync([Plain("b")]);

        Assert.Equal(2, ends.Count);
        Assert.All(ends, pair => Assert.True(pair.Log >= pair.Batch));
    }

    [Fact]
    public async Task Reading_ends_at_what_was_durable_when_it_was_asked_for()
    {
        await using var backend = await CreateAsync(TimeProvider.System);
        await backend.Log.AppendAsync([Plain("a")]);
        var reading = backend.Log.ReadAsync(0);
        await backend.Log.AppendAsync([Plain("b")]);

        Assert.Single(await reading.ToListAsync());
    }

    [Fact]
    public async Task What_was_appended_is_there_after_reopening()
    {
        await using var backend = await CreateAsync(TimeProvider.System);
        await backend.Log.AppendAsync([Full("a"), Plain("b")]);
        await backend.Log.AppendAsync([Full("c")]);
        var before = await backend.Log.ReadAsync(0).ToListAsync();
        var end = backend.Log.End;

        await backend.ReopenAsync();

        Assert.Equal(end, backend.Log.End);
        var after = await backend.Log.ReadAsync(0).ToListAsync();
        Assert.Equal(before.Select(batch => (batch.Start, batch.End)), after.Select(batch => (batch.Start, batch.End)));
        Assert.Equal(before.SelectMany(batch => batch.Events), after.SelectMany(batch => batch.Events));
        Assert.Equal(1, (await backend.Log.AppendAsync([Plain("d"), Plain("b")])).Accepted);
        Assert.Equal(["a", "b", "c", "d"], await ReadIdsAsync(backend.Log));
    }

    [Fact]
    public async Task Cancelled_calls_throw()
    {
        await using var backend = await CreateAsync(TimeProvider.System);
        var cancelled = new CancellationToken(canceled: true);
        await backend.Log.AppendAsync([Plain("a")]);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => backend.Log.AppendAsync([Plain("b")], cancelled).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await backend.Log.ReadAsync(0, cancelled).ToListAsync());
        Assert.Equal(["a"], await ReadIdsAsync(backend.Log));
    }

    [Fact]
    public async Task A_disposed_log_refuses_calls()
    {
        await using var backend = await CreateAsync(TimeProvider.System);
        await backend.Log.DisposeAsync();
        await backend.Log.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => backend.Log.AppendAsync([Plain("a")]).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => backend.Log.AttachAsync(new RecordingSink()).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await backend.Log.ReadAsync(0).ToListAsync());
    }

    private sealed class CallbackSink(Action<EventBatch> told) : IEventSink
    {
        public void OnAppended(EventBatch batch) => told(batch);
    }

    private sealed class ThrowingSink : IEventSink
    {
        public void OnAppended(EventBatch batch) => throw new TimeZoneNotFoundException("a sink's own trouble");
    }

    private sealed class RecordingSink : IEventSink
    {
        private int _inside;

        public ConcurrentQueue<EventBatch> Batches { get; } = [];

        public bool Overlapped { get; private set; }

        public IEnumerable<string> Ids => Batches.SelectMany(batch => batch.Events).Select(e => e.Id);

        public void OnAppended(EventBatch batch)
        {
            Overlapped |= Interlocked.Increment(ref _inside) != 1;
            Batches.Enqueue(batch);
            Interlocked.Decrement(ref _inside);
        }
    }
}
