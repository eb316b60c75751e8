using Microsoft.Extensions.Logging;
using Siskin.Storage.EventLog;
using static Siskin.Tests.Data.SampleEvents;

namespace Siskin.Tests.Storage;

public sealed class EventLogRecoveryTests
{
    [Fact]
    public async Task A_tail_torn_at_any_byte_is_cut_off_and_the_log_goes_on()
    {
        using var folder = new TemporaryFolder();
        var (path, bytes, lastFrame) = await WriteAsync(folder, ["a", "b"], ["c"]);

        for (var length = lastFrame; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            await using (var log = LocalEventLog.Open(folder.Path))
            {
                Assert.Equal(lastFrame, new FileInfo(path).Length);
                Assert.Equal(["a", "b"], await ReadIdsAsync(log));
                Assert.Equal(1, (await log.AppendAsync([Plain("c"), Plain("b")])).Accepted);
                Assert.Equal(["a", "b", "c"], await ReadIdsAsync(log));
            }

            await using var again = LocalEventLog.Open(folder.Path);
            Assert.Equal(["a", "b", "c"], await ReadIdsAsync(again));
        }
    }

    [Fact]
    public async Task Any_damage_to_the_last_frame_alone_is_a_torn_tail()
    {
        using var folder = new TemporaryFolder();
        var (path, bytes, lastFrame) = await WriteAsync(folder, ["a"], ["c"]);

        for (var at = lastFrame; at < bytes.Length; at++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= 0x10;
            File.WriteAllBytes(path, damaged);
            await using var log = LocalEventLog.Open(folder.Path);
            Assert.Equal(["a"], await ReadIdsAsync(log));
        }
    }

    [Fact]
    public async Task A_tail_of_zeros_is_cut_off_and_logged_with_offset_and_size()
    {
        using var folder = new TemporaryFolder();
        var (path, bytes, _) = await WriteAsync(folder, ["a"], ["b"]);
        File.WriteAllBytes(path, [.. bytes, .. new byte[5_000]]);
        var logger = new RecordingLogger();

        await using var log = LocalEventLog.Open(folder.Path, logger: logger);

        Assert.Equal(["a", "b"], await ReadIdsAsync(log));
        var message = Assert.Single(logger.Messages, message => message.Contains("torn"));
        Assert.Contains("5000 bytes", message);
        Assert.Contains($"offset {bytes.Length}", message);
        Assert.Contains(path, message);
    }

    [Fact]
    public async Task A_flipped_byte_before_the_last_append_is_reported_with_file_and_offset_and_nothing_is_changed()
    {
        using var folder = new TemporaryFolder();
        var (path, bytes, lastFrame) = await WriteAsync(folder, ["a", "b"], ["c"]);

        for (var at = EventFrame.SegmentHeaderBytes; at < lastFrame; at++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= 0x10;
            File.WriteAllBytes(path, damaged);

            var error = Assert.Throws<InvalidDataException>(() => LocalEventLog.Open(folder.Path));

            Assert.Contains(path, error.Message);
            Assert.Contains($"offset {EventFrame.SegmentHeaderBytes}", error.Message);
            Assert.Equal(damaged, File.ReadAllBytes(path));
            Assert.Throws<InvalidDataException>(() => LocalEventLog.OpenReader(folder.Path));
        }
    }

    [Fact]
    public async Task A_hole_in_a_group_that_was_never_synced_is_a_torn_tail_although_intact_frames_follow()
    {
        using var folder = new TemporaryFolder();
        var (path, bytes, _) = await WriteAsync(folder, ["a"], ["b"]);
        var groupStart = bytes.Length - EventFrame.SegmentHeaderBytes;
        byte[] group = [.. Frame("c", groupStart), .. Frame("d", groupStart), .. Frame("e", groupStart)];
        group[Frame("c", groupStart).Length + 40] ^= 1;
        File.WriteAllBytes(path, [.. bytes, .. group]);

        await using var log = LocalEventLog.Open(folder.Path);

        Assert.Equal(["a", "b", "c"], await ReadIdsAsync(log));
    }

    [Fact]
    public async Task Damage_in_a_sealed_segment_is_reported_when_it_is_read()
    {
        using var folder = new TemporaryFolder();
        var options = new EventLogOptions { SegmentBytes = 256 };
        await using (var writer = LocalEventLog.Open(folder.Path, options))
        {
            for (var i = 0; i < 10; i++)
            {
                await writer.AppendAsync(Many($"{i}-", 5));
            }
        }

        var first = EventSegment.List(folder.Path)[0].Path;
        var bytes = File.ReadAllBytes(first);
        bytes[^1] ^= 1;
        File.WriteAllBytes(first, bytes);

        await using (var log = LocalEventLog.Open(folder.Path, options))
        {
            var error = await Assert.ThrowsAsync<InvalidDataException>(() => ReadIdsAsync(log));
            Assert.Contains(first, error.Message);
        }

        File.Delete(Path.ChangeExtension(first, ".ids"));
        Assert.Contains(first, Assert.Throws<InvalidDataException>(() => LocalEventLog.Open(folder.Path, options)).Message);
    }

    [Fact]
    public async Task A_sealed_segment_of_the_wrong_length_and_a_missing_one_are_reported()
    {
        using var folder = new TemporaryFolder();
        var options = new EventLogOptions { SegmentBytes = 256 };
        await using (var writer = LocalEventLog.Open(folder.Path, options))
        {
            for (var i = 0; i < 10; i++)
            {
                await writer.AppendAsync(Many($"{i}-", 5));
            }
        }

        var segments = EventSegment.List(folder.Path);
        var bytes = File.ReadAllBytes(segments[1].Path);
        File.WriteAllBytes(segments[1].Path, bytes[..^1]);
        Assert.Contains(segments[1].Path, Assert.Throws<InvalidDataException>(() => LocalEventLog.Open(folder.Path, options)).Message);
        File.Delete(segments[1].Path);
        Assert.Contains(segments[0].Path, Assert.Throws<InvalidDataException>(() => LocalEventLog.Open(folder.Path, options)).Message);
        File.Delete(segments[0].Path);
        Assert.Contains(folder.Path, Assert.Throws<InvalidDataException>(() => LocalEventLog.Open(folder.Path, options)).Message);
    }

    [Fact]
    public async Task A_segment_whose_creation_was_interrupted_is_created_anew()
    {
        using var folder = new TemporaryFolder();
        await WriteAsync(folder, ["a"], ["b"]);
        var next = new EventSegment(folder.Path, (await ReadEndAsync(folder)));
        for (var length = 0; length < EventFrame.SegmentHeaderBytes; length += 7)
        {
            File.WriteAllBytes(next.Path, EventFrame.SegmentHeader(next.Start)[..length]);
            Assert.Equal(next.Start, LocalEventLog.OpenReader(folder.Path).End);
        }

        await using var log = LocalEventLog.Open(folder.Path);
        Assert.Equal(1, (await log.AppendAsync([Plain("a"), Plain("c")])).Accepted);
        Assert.Equal(["a", "b", "c"], await ReadIdsAsync(log));
    }

    [Fact]
    public async Task A_segment_of_a_newer_format_is_refused()
    {
        using var folder = new TemporaryFolder();
        var (path, bytes, _) = await WriteAsync(folder, ["a"], ["b"]);
        var header = bytes.AsSpan(0, EventFrame.SegmentHeaderBytes);
        header[8] = 2;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(header[24..], System.IO.Hashing.XxHash3.HashToUInt64(header[..24]));
        File.WriteAllBytes(path, bytes);

        var error = Assert.Throws<InvalidDataException>(() => LocalEventLog.Open(folder.Path));

        Assert.Contains("version 2", error.Message);
        Assert.Contains(path, error.Message);
    }

    private static async Task<long> ReadEndAsync(TemporaryFolder folder)
    {
        await using var log = LocalEventLog.Open(folder.Path);
        return log.End;
    }

    private static byte[] Frame(string id, long groupStart) =>
        EventCodec.Encode([Plain(id)]).Seal(groupStart, Time.ToUnixTimeMilliseconds()).ToArray();

    /// <summary>Two appends, one after the other; the file's bytes, and where the second frame begins.</summary>
    private static async Task<(string Path, byte[] Bytes, int LastFrame)> WriteAsync(TemporaryFolder folder, string[] first, string[] second)
    {
        await using (var log = LocalEventLog.Open(folder.Path))
        {
            await log.AppendAsync([.. first.Select(Plain)]);
            await log.AppendAsync([.. second.Select(Plain)]);
        }

        var segment = EventSegment.List(folder.Path)[0];
        var last = await LocalEventLog.OpenReader(folder.Path).ReadAsync(0).LastAsync();
        return (segment.Path, await File.ReadAllBytesAsync(segment.Path), (int)segment.OffsetOf(last.Start));
    }

    private sealed class RecordingLogger : ILogger<LocalEventLog>
    {
        public List<string> Messages { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Add(formatter(state, exception));
    }
}
