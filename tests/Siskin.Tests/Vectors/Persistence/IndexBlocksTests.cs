using Siskin.Tests.Storage;
using Siskin.Vectors;
using Siskin.Vectors.Persistence;

namespace Siskin.Tests.Vectors.Persistence;

public sealed class IndexBlocksTests : IDisposable
{
    private const int Rows = 2_000_000;
    private const int Threads = 8;

    private readonly TemporaryFolder _folder = new();

    private string FilePath => Path.Combine(_folder.Path, "index.sis");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Background_verification_ends_with_everything_verified()
    {
        Samples.Write(FilePath, Rows);
        using var file = Samples.Open(FilePath, IndexVerification.Background);
        file.WaitForVerification();
        Assert.True(file.AllVerified);
        Assert.Null(file.Damage);
    }

    [Fact]
    public void Background_verification_remembers_damage_and_still_serves_the_rest()
    {
        Samples.Write(FilePath, Rows);
        var damaged = 4096 + (5L * IndexFileLayout.BlockBytes);
        Samples.Flip(FilePath, damaged + 100);
        using var file = Samples.Open(FilePath, IndexVerification.Background);
        file.WaitForVerification();
        Assert.False(file.AllVerified);
        Assert.Equal(damaged, file.Damage!.Offset);
        var rows = file.Section("rows", 4);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(damaged, Assert.Throws<ModelFormatException>(() => rows.EnsureVerified(5L * IndexFileLayout.BlockBytes, 4)).Offset);
        }

        rows.EnsureVerified(0, 5L * IndexFileLayout.BlockBytes);
        rows.EnsureVerified(6L * IndexFileLayout.BlockBytes, rows.Length - (6L * IndexFileLayout.BlockBytes));
    }

    [Fact]
    public void First_touches_from_many_threads_verify_everything_once_it_is_touched()
    {
        Samples.Write(FilePath, Rows);
        using var file = Samples.Open(FilePath);
        var (rows, ids) = (file.Section("rows", 4), file.Section("ids", 4));
        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, thread =>
        {
            var random = new Random(thread);
            for (var i = 0; i < 300; i++)
            {
                var length = random.Next(1, 100_000);
                rows.EnsureVerified(random.NextInt64(rows.Length - length + 1), length);
            }
        });
        rows.EnsureVerified();
        Assert.False(file.AllVerified);
        ids.EnsureVerified(11, 1);
        Assert.True(file.AllVerified);
    }

    [Fact]
    public void First_touches_from_many_threads_all_meet_the_damage()
    {
        Samples.Write(FilePath, Rows);
        Samples.Flip(FilePath, 4096 + (9L * IndexFileLayout.BlockBytes) + 1);
        using var file = Samples.Open(FilePath, IndexVerification.Background);
        var rows = file.Section("rows", 4);
        var met = 0;
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = Threads }, _ =>
        {
            Assert.Throws<ModelFormatException>(() => rows.EnsureVerified(8L * IndexFileLayout.BlockBytes, 2L * IndexFileLayout.BlockBytes));
            Interlocked.Increment(ref met);
        });
        Assert.Equal(200, met);
    }

    [Fact]
    public unsafe void Sections_changed_while_the_background_goes_on_are_no_damage()
    {
        Samples.Write(FilePath, Rows);
        using var file = Samples.Open(FilePath, IndexVerification.Background);
        var rows = file.Section("rows", 4);
        for (var offset = rows.Length - 4; offset > 0; offset -= 65_536)
        {
            rows.EnsureVerified(offset, 4);
            *(float*)(rows.Pointer + offset) = -1;
        }

        file.WaitForVerification();
        Assert.True(file.AllVerified);
        Assert.Equal(-1, *(float*)(rows.Pointer + rows.Length - 4));
    }

    [Fact]
    public void Disposing_stops_the_background_verification()
    {
        Samples.Write(FilePath, Rows);
        for (var i = 0; i < 20; i++)
        {
            var file = Samples.Open(FilePath, IndexVerification.Background);
            file.Dispose();
            file.WaitForVerification();
            file.Dispose();
        }
    }

    [Fact]
    public void A_file_truncated_underneath_is_noticed_by_verification()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a mapped file cannot be truncated there");
        Samples.Write(FilePath, Rows);
        using var file = Samples.Open(FilePath);
        using (var handle = File.OpenHandle(FilePath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            RandomAccess.SetLength(handle, 4096 + 1_000_000);
        }

        var e = Assert.Throws<ModelFormatException>(() => file.Section("rows", 4).EnsureVerified());
        Assert.Contains("truncated after it was opened", e.Message);
        Assert.Equal(4096 + 1_000_000, e.Offset);
    }
}
