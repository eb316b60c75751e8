using Siskin.Data.Events;
using static Siskin.Tests.Data.SampleEvents;

namespace Siskin.Tests.Data;

public sealed class InMemoryEventLogTests : EventLogConformance
{
    [Fact]
    public async Task An_event_id_is_forgotten_after_the_horizon()
    {
        var time = new ManualTimeProvider();
        await using var log = new InMemoryEventLog(time, TimeSpan.FromHours(1));
        await log.AppendAsync([Plain("a")]);
        time.Now += TimeSpan.FromHours(1) + TimeSpan.FromTicks(1);

        Assert.Equal(1, (await log.AppendAsync([Plain("a")])).Accepted);
        Assert.Equal(["a", "a"], await ReadIdsAsync(log));
    }

    [Fact]
    public async Task What_a_sink_throws_is_handed_to_the_owner()
    {
        var failures = new List<(IEventSink Sink, Exception Exception)>();
        await using var log = new InMemoryEventLog(sinkFailed: (sink, e) => failures.Add((sink, e)));
        var broken = new BrokenSink();
        await log.AttachAsync(broken);

        await log.AppendAsync([Plain("a")]);

        var failure = Assert.Single(failures);
        Assert.Same(broken, failure.Sink);
        Assert.IsType<TimeZoneNotFoundException>(failure.Exception);
    }

    protected override Task<EventLogBackend> CreateAsync(TimeProvider time) => Task.FromResult<EventLogBackend>(new Backend(time));

    private sealed class BrokenSink : IEventSink
    {
        public void OnAppended(EventBatch batch) => throw new TimeZoneNotFoundException();
    }

    private sealed class Backend(TimeProvider time) : EventLogBackend
    {
        public override IEventLog Log { get; } = new InMemoryEventLog(time);

        public override ValueTask DisposeAsync() => Log.DisposeAsync();
    }
}
