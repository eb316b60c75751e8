using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Siskin.Tests.Storage;
using Siskin.Vectors;
using Siskin.Vectors.Persistence;

namespace Siskin.Tests.Vectors.Persistence;

public sealed class IndexFileCorruptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FilePath => Path.Combine(_folder.Path, "index.sis");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_thousand_corruptions_are_refused_at_first_use_or_harmless()
    {
        Samples.Write(FilePath, rows: 150_000);
        var (refused, harmless) = CorruptionCases.Run(FilePath, UseAll);
        Assert.Equal(1000, refused + harmless);
        Assert.Equal(0, harmless);
    }

    [Fact]
    public void Damage_elsewhere_does_not_disturb_what_is_used()
    {
        Samples.Write(FilePath, rows: 150_000);
        var (refused, harmless) = CorruptionCases.Run(FilePath, UseOneRow, count: 300);
        Assert.True(harmless > 50, $"{harmless} harmless");
        Assert.True(refused > 100, $"{refused} refused");
    }

    [Theory]
    [InlineData(0, "the file is empty")]
    [InlineData(5, "no index file")]
    [InlineData(8, "inside of its header")]
    [InlineData(4095, "inside of its header")]
    [InlineData(4096, "truncated")]
    [InlineData(9000, "truncated")]
    public void A_file_cut_short_is_refused_at_opening(int length, string message)
    {
        Samples.Write(FilePath, rows: 1000);
        File.WriteAllBytes(FilePath, File.ReadAllBytes(FilePath)[..length]);
        var e = Assert.Throws<ModelFormatException>(() => Samples.Open(FilePath));
        Assert.Contains(message, e.Message);
        Assert.Equal(FilePath, e.Path);
    }

    [Fact]
    public void Files_of_other_types_are_refused()
    {
        File.WriteAllText(FilePath, "id,vector\n1,0.5 0.25\n");
        Assert.Equal(0, Assert.Throws<ModelFormatException>(() => Samples.Open(FilePath)).Offset);
        File.WriteAllBytes(FilePath, [0x89, (byte)'P', (byte)'N', (byte)'G', .. new byte[10_000]]);
        Assert.Equal(0, Assert.Throws<ModelFormatException>(() => Samples.Open(FilePath)).Offset);
        File.WriteAllBytes(FilePath, new byte[100_000]);
        Assert.Equal(0, Assert.Throws<ModelFormatException>(() => Samples.Open(FilePath)).Offset);
    }

    [Fact]
    public void A_missing_file_is_not_found() =>
        Assert.Throws<FileNotFoundException>(() => Samples.Open(FilePath));

    // Checksums keep chance away, not a program with a bug: what such a one writes must not make a reader crash either.
    [Fact]
    public void Headers_and_directories_with_impossible_numbers_and_right_checksums_are_refused_or_read()
    {
        Samples.Write(FilePath, rows: 70_000);
        var whole = File.ReadAllBytes(FilePath);
        var random = new Random(11);
        long[] values = [-1, 0, 1, 63, 4095, 4096, 4097, 262_144, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, long.MaxValue - 4095, 1L << 40];
        var refused = 0;
        for (var i = 0; i < 1000; i++)
        {
            var bytes = whole.ToArray();
            var directory = (int)BinaryPrimitives.ReadInt64LittleEndian(whole.AsSpan(48));
            var at = random.Next(2) == 0 ? 8 + random.Next(64) : directory + random.Next(3 * 64);
            var value = values[random.Next(values.Length)];
            if (random.Next(2) == 0)
            {
                BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), value);
            }
            else
            {
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), (int)value);
            }

            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(72), IndexFileLayout.Hash(bytes.AsSpan(directory)));
            IndexFileHeader.Seal(bytes.AsSpan(0, 4096));
            File.WriteAllBytes(FilePath, bytes);
            try
            {
                _ = UseAll(FilePath);
            }
            catch (ModelFormatException e)
            {
                Assert.Equal(FilePath, e.Path);
                refused++;
            }
        }

        Assert.True(refused > 800, $"{refused} refused");
    }

    [Fact]
    public void A_damaged_block_is_named_by_its_place_in_the_file()
    {
        Samples.Write(FilePath, rows: 150_000);
        Samples.Flip(FilePath, 4096 + IndexFileLayout.BlockBytes + 7);
        using var file = Samples.Open(FilePath);
        var rows = file.Section("rows", 4);
        rows.EnsureVerified(0, IndexFileLayout.BlockBytes);
        var e = Assert.Throws<ModelFormatException>(() => rows.EnsureVerified(IndexFileLayout.BlockBytes - 1, 2));
        Assert.Equal(4096 + IndexFileLayout.BlockBytes, e.Offset);
        Assert.Contains("'rows'", e.Message);
        Assert.Equal(e.Message, file.Damage!.Message);
    }

    [Fact]
    public void Damage_in_the_zeros_behind_a_section_is_found()
    {
        Samples.Write(FilePath, rows: 1000);
        Samples.Flip(FilePath, 4096 + 4000 + 5);
        Assert.Equal(4096, Assert.Throws<ModelFormatException>(() => IndexFiles.Verify(FilePath)).Offset);
    }

    private static unsafe string UseAll(string path)
    {
        using var file = Samples.Open(path);
        var text = $"{file.Kind} {file.KindVersion} {string.Join(',', file.Metadata.Values)}";
        foreach (var section in file.Sections)
        {
            section.EnsureVerified();
            var hash = default(HashCode);
            hash.AddBytes(new ReadOnlySpan<byte>(section.Pointer, (int)section.Length));
            text += $" {section.Name} {section.ElementSize} {hash.ToHashCode()}";
        }

        return text;
    }

    private static unsafe string UseOneRow(string path)
    {
        using var file = Samples.Open(path);
        var rows = file.Section("rows", 4);
        rows.EnsureVerified(300_000, 64);
        return string.Join(',', MemoryMarshal.Cast<byte, float>(new ReadOnlySpan<byte>(rows.Pointer + 300_000, 64)).ToArray());
    }
}
