using System.IO.Compression;
using Siskin.Tests.Storage;
using Siskin.Vectors;
using Siskin.Vectors.Memory;
using Siskin.Vectors.Persistence;

namespace Siskin.Tests.Vectors.Persistence;

public sealed unsafe class IndexFileTests : IDisposable
{
    // Container version 1, kind "exact" version 1, as the first release wrote it; compressed with Brotli.
    private const string Version1 =
        "G/QwgK4LeDL6pDcjHgWEA3h02x7ertX/LB7+uXf3NxaF4fZ4P/AA22Jjg0YRdRLaogXltl+qVycytSRBjGWIIZqrPSnb661oRNPoEb6ImkuIszphn55RZGEq1ZanAQ"
        + "baYgsx1IPwgfB4tzEdXm+jFz0hivNo3jJcSwYyBgDAVkP/B8DvYQcAKUALkLrVWy7/hx4A7H6KbMhqKIIIViHXkHvARXsAkEcRJBhBdo4yUAFkAADLSfuMKlCQ5D"
        + "jwe20AoAAAuDzu7+y+8ttkQodB4YMfvhwXvro0vcHMqI0D";

    private readonly TemporaryFolder _folder = new();

    private string FilePath => Path.Combine(_folder.Path, "index.sis");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(300_000)]
    public void Sections_and_metadata_come_back_as_written(int rows)
    {
        Samples.Write(FilePath, rows);
        foreach (var inMemory in new[] { false, true })
        {
            using var file = Samples.Open(FilePath, inMemory: inMemory);
            Assert.Equal(Samples.Rows(rows), file.Section("rows", 4, rows).ToArray<float>());
            Assert.Equal([7, 9, 11], file.Section("ids", 4).ToArray<int>());
            Assert.Equal(0, file.Section("none", 8).Count);
            Assert.Null(file.Find("other"));
            Assert.Equal(VectorMetric.L2, file.Metadata.Enumeration<VectorMetric>("metric"));
            Assert.Equal(rows, file.Metadata.Int32("count", 0, int.MaxValue));
            Assert.All(file.Sections, s => Assert.Equal(0, (nint)s.Pointer % 64));
            Assert.Null(file.Damage);
        }
    }

    [Fact]
    public void A_file_of_the_first_version_opens()
    {
        using (var compressed = new BrotliStream(new MemoryStream(Convert.FromBase64String(Version1)), CompressionMode.Decompress))
        using (var target = File.Create(FilePath))
        {
            compressed.CopyTo(target);
        }

        Assert.Equal(1, IndexFiles.Verify(FilePath).FormatVersion);
        using var file = IndexFile.Open(FilePath, "exact", 1, 1);
        Assert.Equal([1f, 2, 3, 4, 5, 6], file.Section("rows", 4).ToArray<float>());
        Assert.Equal([7, 9], file.Section("ids", 4).ToArray<int>());
        Assert.Equal(0, file.Section("none", 8).Length);
        Assert.Equal(3, file.Metadata.Int32("d", 1, 10));
        Assert.Equal(0.1, file.Metadata.Double("scale", 0, 1));
        Assert.Equal(VectorMetric.L2, file.Metadata.Enumeration<VectorMetric>("metric"));
    }

    [Fact]
    public void Another_kind_is_refused_by_name()
    {
        Samples.Write(FilePath, 10, "lsh");
        var e = Assert.Throws<ModelFormatException>(() => Samples.Open(FilePath));
        Assert.Contains("'lsh'", e.Message);
        Assert.Contains("'exact'", e.Message);
    }

    [Theory]
    [InlineData(3, 4, 5, "versions 4 to 5: it must be built again")]
    [InlineData(6, 4, 5, "versions 4 to 5: a newer program wrote it")]
    [InlineData(2, 1, 1, "version 1: a newer program wrote it")]
    public void A_version_that_is_not_read_is_refused_with_those_that_are(int found, int oldest, int newest, string message)
    {
        Samples.Write(FilePath, 10, "exact", found);
        var e = Assert.Throws<ModelFormatException>(() => IndexFile.Open(FilePath, "exact", oldest, newest));
        Assert.Contains($"version {found};", e.Message);
        Assert.Contains(message, e.Message);
    }

    [Fact]
    public void A_later_container_version_is_refused_with_the_one_that_is_read()
    {
        Samples.Write(FilePath, 10);
        var bytes = File.ReadAllBytes(FilePath);
        bytes[8] = 9;
        IndexFileHeader.Seal(bytes.AsSpan(0, 4096));
        File.WriteAllBytes(FilePath, bytes);
        var e = Assert.Throws<ModelFormatException>(() => IndexFiles.Describe(FilePath));
        Assert.Contains("format version 9; this program reads version 1", e.Message);
    }

    [Fact]
    public void Sections_of_another_size_or_none_are_refused()
    {
        Samples.Write(FilePath, 10);
        using var file = Samples.Open(FilePath);
        Assert.Contains("missing", Assert.Throws<ModelFormatException>(() => file.Section("links", 4)).Message);
        Assert.Contains("expected some of 8", Assert.Throws<ModelFormatException>(() => file.Section("rows", 8)).Message);
        Assert.Contains("expected 11 of 4", Assert.Throws<ModelFormatException>(() => file.Section("rows", 4, 11)).Message);
        Assert.Throws<ModelFormatException>(() => file.Section("rows", 4).ToArray<long>());
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 41)]
    [InlineData(41, 0)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(1, long.MaxValue)]
    [InlineData(0, -1)]
    public void Pieces_outside_of_a_section_are_refused(long offset, long length)
    {
        Samples.Write(FilePath, 10);
        using var file = Samples.Open(FilePath);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Section("rows", 4).EnsureVerified(offset, length));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Writing_into_a_mapped_section_changes_memory_and_not_the_file(bool portable)
    {
        Samples.Write(FilePath, 100_000);
        var before = File.ReadAllBytes(FilePath);
        using (var file = IndexFile.OpenAny(FilePath, portable: portable))
        using (var other = IndexFile.OpenAny(FilePath, portable: portable))
        {
            var rows = file.Section("rows", 4);
            rows.EnsureVerified();
            new Span<float>(rows.Pointer, 100_000).Fill(5);
            Assert.Equal(5, ((float*)rows.Pointer)[99_999]);
            Assert.Equal(Samples.Rows(100_000), other.Section("rows", 4).ToArray<float>());

            // Verification compares the file, so that what was changed in memory is no damage.
            file.VerifyAll();
            Assert.Equal(5, ((float*)rows.Pointer)[0]);
        }

        Assert.Equal(before, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void A_file_replaced_by_renaming_stays_what_it_was_for_those_who_have_it_open()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "an open file cannot be replaced there");
        Samples.Write(FilePath, 1000);
        using var file = Samples.Open(FilePath);
        Samples.Write(FilePath, 2000);
        Assert.Equal(Samples.Rows(1000), file.Section("rows", 4).ToArray<float>());
        using var fresh = Samples.Open(FilePath);
        Assert.Equal(2000, fresh.Section("rows", 4).Count);
    }

    [Fact]
    public void Only_the_chosen_sections_are_loaded_and_all_are_the_same()
    {
        Samples.Write(FilePath, 700_000);
        using var file = IndexFile.Open(FilePath, "exact", 1, 1, new IndexOpenOptions { InMemory = true, Verification = IndexVerification.OnFirstUse }, name => name == "rows");
        var rows = file.Section("rows", 4);
        Assert.Equal(0, (nint)rows.Pointer % NativeBlock.HugePageBytes);
        Assert.Equal(Samples.Rows(700_000), new ReadOnlySpan<float>(rows.Pointer, 700_000).ToArray());
        Assert.False(file.AllVerified);
        file.Section("ids", 4).EnsureVerified();
        Assert.True(file.AllVerified);
    }

    [Theory]
    [InlineData(IndexVerification.BeforeUse, false)]
    [InlineData(IndexVerification.OnFirstUse, true)]
    public void Damage_is_refused_at_opening_when_everything_is_read_then(IndexVerification verification, bool inMemory)
    {
        Samples.Write(FilePath, 300_000);
        Samples.Flip(FilePath, 4096 + (3 * IndexFileLayout.BlockBytes) + 1);
        var e = Assert.Throws<ModelFormatException>(() => Samples.Open(FilePath, verification, inMemory));
        Assert.Equal(4096 + (3 * IndexFileLayout.BlockBytes), e.Offset);
    }

    [Fact]
    public void Describe_tells_what_the_file_says_and_verify_how_far_it_is()
    {
        Samples.Write(FilePath, 150_000, "hnsw", 3);
        var progress = new Steps();
        var verified = IndexFiles.Verify(FilePath, progress);
        var described = IndexFiles.Describe(FilePath);
        Assert.Equal(("hnsw", 3, 1), (described.Kind, described.KindVersion, described.FormatVersion));
        Assert.Equal(new FileInfo(FilePath).Length, described.SizeBytes);
        Assert.Equal("150000", described.Metadata["count"]);
        Assert.Equal(["rows", "ids", "none"], described.Sections.Select(s => s.Name));
        Assert.Equal(new IndexSectionSummary("rows", 4096, 600_000, 4), described.Sections[0]);
        Assert.Equal(described.Sections, verified.Sections);
        Assert.Equal(4, progress.Seen.Count);
        Assert.Equal(progress.Seen[^1].TotalBytes, progress.Seen[^1].VerifiedBytes);
        Assert.Equal(progress.Seen.OrderBy(p => p.VerifiedBytes), progress.Seen);
    }

    [Fact]
    public void Verify_can_be_cancelled()
    {
        Samples.Write(FilePath, 1000);
        Assert.Throws<OperationCanceledException>(() => IndexFiles.Verify(FilePath, null, new CancellationToken(true)));
    }

    private sealed class Steps : IProgress<IndexVerificationProgress>
    {
        public List<IndexVerificationProgress> Seen { get; } = [];

        public void Report(IndexVerificationProgress value) => Seen.Add(value);
    }
}
