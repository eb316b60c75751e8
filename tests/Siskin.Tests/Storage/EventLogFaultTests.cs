using Siskin.Data.Events;
using Siskin.Storage.EventLog;
using static Siskin.Tests.Data.SampleEvents;

namespace Siskin.Tests.Storage;

public sealed class EventLogFaultTests
{
    [Theory]
    [InlineData(Fault.Write)]
    [InlineData(Fault.HalfWrite)]
    [InlineData(Fault.Flush)]
    public async Task A_failed_append_leaves_nothing_behind_and_can_be_repeated(Fault fault)
    {
        using var folder = new TemporaryFolder();
        var medium = new Medium();
        await using (var log = medium.Open(folder))
        {
            await log.AppendAsync([Plain("a")]);
            var sink = new CountingSink();
            await log.AttachAsync(sink);
            var (end, length) = (log.End, medium.Length(folder));

            medium.Next = fault;
            var error = await Assert.ThrowsAsync<IOException>(() => log.AppendAsync([Plain("b"), Plain("a")]).AsTask());

            Assert.Contains("the medium is full", error.Message);
            Assert.Equal(end, log.End);
            Assert.Equal(length, medium.Length(folder));
            Assert.Equal(0, sink.Count);
            Assert.Equal(["a"], await ReadIdsAsync(log));
            Assert.Equal(["a"], await ReadIdsAsync(LocalEventLog.OpenReader(folder.Path)));
            Assert.Equal((1, 1), await CountAsync(log.AppendAsync([Plain("b"), Plain("a")])));
            Assert.Equal(1, sink.Count);
        }

        await using var reopened = LocalEventLog.Open(folder.Path);
        Assert.Equal(["a", "b"], await ReadIdsAsync(reopened));
    }

    [Fact]
    public async Task A_failure_fails_every_append_of_the_group_and_forgets_their_ids()
    {
        using var folder = new TemporaryFolder();
        var medium = new Medium();
        await using var log = medium.Open(folder);

        // The first flush waits until all others have queued up, so that they form one group.
        medium.Gate.Reset();
        var first = log.AppendAsync([Plain("first")]).AsTask();
        while (!medium.IsWaiting)
        {
            await Task.Yield();
        }

        var others = Enumerable.Range(0, 10).Select(i => log.AppendAsync([Plain($"{i}"), Plain("shared")]).AsTask()).ToArray();
        var sink = new CountingSink();
        var attached = log.AttachAsync(sink).AsTask();
        medium.FailAfter(Fault.Flush, goodFlushes: 1);
        medium.Gate.Set();

        Assert.Equal(1, (await first).Accepted);
        foreach (var other in others)
        {
            await Assert.ThrowsAsync<IOException>(() => other);
        }

        Assert.Equal(["first"], await ReadIdsAsync(log));
        Assert.Equal(log.End, await attached);
        Assert.Equal(0, sink.Count);
        Assert.Equal(11, (await log.AppendAsync([.. Many(string.Empty, 10), Plain("shared")])).Accepted);
        Assert.Equal(1, sink.Count);
    }

    [Fact]
    public async Task When_a_failed_write_cannot_be_undone_the_log_refuses_until_reopened()
    {
        using var folder = new TemporaryFolder();
        var medium = new Medium();
        var log = medium.Open(folder);
        await log.AppendAsync([Plain("a")]);
        medium.Next = Fault.Flush;
        medium.FailingTruncations = 1;

        await Assert.ThrowsAsync<IOException>(() => log.AppendAsync([Plain("b")]).AsTask());
        var refusal = await Assert.ThrowsAsync<IOException>(() => log.AppendAsync([Plain("c")]).AsTask());

        Assert.Contains("opened again", refusal.Message);
        Assert.Equal(["a"], await ReadIdsAsync(log));
        await log.DisposeAsync();
        await using var reopened = LocalEventLog.Open(folder.Path);
        Assert.Equal(["a"], await ReadIdsAsync(reopened));
        Assert.Equal(2, (await reopened.AppendAsync([Plain("b"), Plain("c")])).Accepted);
    }

    [Fact]
    public async Task A_segment_that_cannot_be_created_fails_the_append_and_is_tried_again()
    {
        using var folder = new TemporaryFolder();
        var medium = new Medium();
        await using var log = medium.Open(folder);
        await log.AppendAsync(Many("a", 100));
        medium.Next = Fault.Write;

        await Assert.ThrowsAsync<IOException>(() => log.AppendAsync([Plain("b")]).AsTask());

        Assert.Single(EventSegment.List(folder.Path));
        Assert.Equal((1, 1), await CountAsync(log.AppendAsync([Plain("b"), Plain("a7")])));
        Assert.Equal(2, EventSegment.List(folder.Path).Count);
        Assert.Equal(101, (await ReadIdsAsync(log)).Count);
    }

    private static async Task<(int Accepted, int Duplicates)> CountAsync(ValueTask<AppendResult> append)
    {
        var result = await append;
        return (result.Accepted, result.Duplicates);
    }

    public enum Fault
    {
        None,
        Write,
        HalfWrite,
        Flush,
    }

    private sealed class CountingSink : IEventSink
    {
        public int Count { get; private set; }

        public void OnAppended(EventBatch batch) => Count++;
    }

    /// <summary>Files that fail when told to.</summary>
    private sealed class Medium
    {
        private int _goodFlushes;
        private volatile bool _isWaiting;

        public ManualResetEventSlim Gate { get; } = new(true);

        public bool IsWaiting => _isWaiting;

        public Fault Next { get; set; }

        public int FailingTruncations { get; set; }

        public LocalEventLog Open(TemporaryFolder folder) =>
            LocalEventLog.Open(folder.Path, new() { SegmentBytes = 512 }, null, null, (path, mode) => new FaultyFile(this, path, mode));

        public long Length(TemporaryFolder folder) => EventSegment.List(folder.Path).Sum(segment => new FileInfo(segment.Path).Length);

        public void FailAfter(Fault fault, int goodFlushes)
        {
            _goodFlushes = goodFlushes;
            Next = fault;
        }

        private bool Take(Fault fault)
        {
            if (Next != fault || (fault == Fault.Flush && _goodFlushes-- > 0))
            {
                return false;
            }

            Next = Fault.None;
            return true;
        }

        private sealed class FaultyFile(Medium medium, string path, FileMode mode) : SegmentFile(path, mode)
        {
            public override void Write(IReadOnlyList<ReadOnlyMemory<byte>> parts, long offset)
            {
                if (medium.Take(Fault.Write))
                {
                    throw new IOException("the medium is full");
                }

                if (medium.Take(Fault.HalfWrite))
                {
                    base.Write([parts[0][..(parts[0].Length / 2)]], offset);
                    throw new IOException("the medium is full");
                }

                base.Write(parts, offset);
            }

            public override void Flush()
            {
                medium._isWaiting = true;
                medium.Gate.Wait();
                medium._isWaiting = false;
                base.Flush();
                if (medium.Take(Fault.Flush))
                {
                    throw new IOException("the medium is full");
                }
            }

            public override void Truncate(long length)
            {
                if (medium.FailingTruncations-- > 0)
                {
                    throw new IOException("the medium is gone");
                }

                base.Truncate(length);
            }
        }
    }
}
