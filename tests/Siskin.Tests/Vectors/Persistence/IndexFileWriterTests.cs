using System.Runtime.InteropServices;
using Siskin.Tests.Storage;
using Siskin.Vectors;
using Siskin.Vectors.Persistence;

namespace Siskin.Tests.Vectors.Persistence;

public sealed class IndexFileWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FilePath => Path.Combine(_folder.Path, "index.sis");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public unsafe void A_section_written_in_parts_is_the_file_written_at_once(int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[random.Next(2_000_000)];
        random.NextBytes(bytes);
        using (var writer = new IndexFileWriter(FilePath, "exact", 1))
        {
            writer.WriteSection<byte>("a", bytes);
            writer.Commit();
        }

        var whole = File.ReadAllBytes(FilePath);
        using (var writer = new IndexFileWriter(FilePath, "exact", 1))
        {
            writer.BeginSection("a");
            for (var at = 0; at < bytes.Length;)
            {
                var length = Math.Min(bytes.Length - at, random.Next(3) switch { 0 => random.Next(100), 1 => random.Next(300_000), _ => IndexFileLayout.BlockBytes });
                if (random.Next(2) == 0)
                {
                    writer.Write(bytes.AsSpan(at, length));
                }
                else
                {
                    fixed (byte* start = &MemoryMarshal.GetArrayDataReference(bytes))
                    {
                        writer.Write(start + at, length);
                    }
                }

                at += length;
            }

            writer.Commit();
        }

        Assert.Equal(whole, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void Without_commit_nothing_is_left_and_the_old_file_stays()
    {
        Samples.Write(FilePath, 10);
        var before = File.ReadAllBytes(FilePath);
        using (var writer = new IndexFileWriter(FilePath, "exact", 1))
        {
            writer.WriteSection<float>("rows", Samples.Rows(500_000));
            Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
        }

        Assert.Equal([FilePath], Directory.GetFiles(_folder.Path));
        Assert.Equal(before, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void A_name_that_cannot_be_taken_leaves_nothing_behind()
    {
        Directory.CreateDirectory(FilePath);
        using (var writer = new IndexFileWriter(FilePath, "exact", 1))
        {
            writer.WriteSection<float>("rows", Samples.Rows(10));
            Assert.ThrowsAny<SystemException>(writer.Commit);
        }

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void An_empty_file_has_metadata_and_no_sections()
    {
        using (var writer = new IndexFileWriter(FilePath, "exact", 1))
        {
            writer.Metadata.Set("note", "größer ≥ 1 \"quoted\"");
            writer.Commit();
        }

        using var file = Samples.Open(FilePath);
        Assert.Empty(file.Sections);
        Assert.True(file.AllVerified);
        Assert.Equal("größer ≥ 1 \"quoted\"", file.Metadata.Text("note"));
    }

    [Fact]
    public void Mistakes_of_the_caller_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new IndexFileWriter(FilePath, "an index", 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexFileWriter(FilePath, "exact", 0));
        using var writer = new IndexFileWriter(FilePath, "exact", 1);
        Assert.Throws<InvalidOperationException>(() => writer.Write([1, 2]));
        writer.WriteSection<int>("rows", [1]);
        Assert.Throws<ArgumentException>(() => writer.BeginSection("rows"));
        Assert.Throws<ArgumentException>(() => writer.BeginSection(string.Empty));
        Assert.Throws<ArgumentException>(() => writer.BeginSection(new string('a', 32)));
        writer.BeginSection("odd", 4);
        writer.Write<byte>([1, 2, 3]);
        Assert.Throws<ArgumentException>(writer.Commit);
    }

    [Fact]
    public void A_section_copied_from_another_file_keeps_its_changes()
    {
        Samples.Write(FilePath, 100_000);
        var copy = FilePath + ".copy";
        using (var file = Samples.Open(FilePath))
        using (var writer = new IndexFileWriter(copy, "exact", 1))
        {
            var rows = file.Section("rows", 4);
            rows.EnsureVerified(0, 4);
            unsafe
            {
                *(float*)rows.Pointer = 3;
            }

            writer.WriteSection(rows);
            writer.Commit();
        }

        using var read = Samples.Open(copy);
        float[] expected = [3, .. Samples.Rows(100_000)[1..]];
        Assert.Equal(expected, read.Section("rows", 4).ToArray<float>());
    }

    [Fact]
    public void A_damaged_section_is_not_copied_into_a_new_file()
    {
        Samples.Write(FilePath, 100_000);
        Samples.Flip(FilePath, 300_000);
        using var file = Samples.Open(FilePath);
        using var writer = new IndexFileWriter(FilePath + ".copy", "exact", 1);
        Assert.Throws<ModelFormatException>(() => writer.WriteSection(file.Section("rows", 4)));
    }
}
