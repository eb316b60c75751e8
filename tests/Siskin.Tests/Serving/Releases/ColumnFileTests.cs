using Siskin.Serving.Releases;
using Siskin.Tests.Storage;
using Siskin.Vectors;

namespace Siskin.Tests.Serving.Releases;

public sealed class ColumnFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("a.col");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_kind_comes_back_as_it_was_written()
    {
        Write(Path);
        Assert.Equal(Content(), Read(Path));
        using var file = new ColumnFileReader(Path);
        Assert.Empty(file.Int32("empty"));
        Assert.Empty(file.Text("no texts"));
    }

    [Fact]
    public void A_column_of_several_parts_comes_back_whole()
    {
        foreach (var length in new[] { ColumnFileWriter.PartElements - 1, ColumnFileWriter.PartElements, (2 * ColumnFileWriter.PartElements) + 1 })
        {
            var values = Enumerable.Range(0, length).ToArray();
            var file = new ColumnFileWriter();
            file.Add("values", values);
            file.Add("behind", [7L]);
            File.Delete(Path);
            file.Write(Path);
            using var reader = new ColumnFileReader(Path);
            Assert.True(values.AsSpan().SequenceEqual(reader.Int32("values")));
            Assert.Equal([7L], reader.Int64("behind"));
        }
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        Write(Path);
        var whole = File.ReadAllBytes(Path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(Path, whole[..length]);
            var error = Assert.Throws<ModelFormatException>(() => Read(Path));
            Assert.Contains(Path, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_refused_or_changes_nothing()
    {
        Write(Path);
        var whole = File.ReadAllBytes(Path);
        var expected = Content();
        var refused = 0;
        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(Path, damaged);
            try
            {
                Assert.Equal(expected, Read(Path));
            }
            catch (ModelFormatException)
            {
                refused++;
            }
        }

        // What changes nothing are the gaps between columns.
        Assert.InRange(refused, whole.Length / 2, whole.Length - 1);
    }

    [Fact]
    public void Another_file_and_a_newer_version_are_told_apart()
    {
        File.WriteAllText(Path, "{\"this is\": \"something else altogether\"}");
        Assert.Contains("not a column file", Assert.Throws<ModelFormatException>(() => Read(Path)).Message, StringComparison.Ordinal);

        File.Delete(Path);
        Write(Path);
        var bytes = File.ReadAllBytes(Path);
        bytes[8] = 2;
        File.WriteAllBytes(Path, bytes);
        Assert.Contains("format version 2", Assert.Throws<ModelFormatException>(() => Read(Path)).Message, StringComparison.Ordinal);

        File.Delete(Path);
        Assert.Contains("missing", Assert.Throws<ModelFormatException>(() => Read(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_column_and_one_of_another_kind_are_refused_by_name()
    {
        Write(Path);
        using var file = new ColumnFileReader(Path);
        Assert.Contains("'nothing' is missing", Assert.Throws<ModelFormatException>(() => file.Int32("nothing")).Message, StringComparison.Ordinal);
        Assert.Contains("'long' is of kind Int64", Assert.Throws<ModelFormatException>(() => file.Int32("long")).Message, StringComparison.Ordinal);
    }

    private static string Content() => "1,-2 | 3,9223372036854775807 | 0.5,NaN | -∞,1E-300 | 7 | a,,ü€😀";

    private static void Write(string path)
    {
        var file = new ColumnFileWriter();
        file.Add("int", [1, -2]);
        file.Add("long", [3, long.MaxValue]);
        file.Add("single", [0.5f, float.NaN]);
        file.Add("double", [double.NegativeInfinity, 1e-300]);
        file.Add("byte", [(byte)7]);
        file.Add("text", ["a", string.Empty, "ü€😀"]);
        file.Add("empty", ReadOnlySpan<int>.Empty);
        file.Add("no texts", Array.Empty<string>());
        file.Write(path);
    }

    private static string Read(string path)
    {
        using var file = new ColumnFileReader(path);
        var c = System.Globalization.CultureInfo.InvariantCulture;
        return string.Join(
            " | ",
            string.Join(',', file.Int32("int")),
            string.Join(',', file.Int64("long")),
            string.Join(',', file.Single("single").Select(v => v.ToString(c))),
            string.Join(',', file.Double("double").Select(v => double.IsNegativeInfinity(v) ? "-∞" : v.ToString("R", c))),
            string.Join(',', file.Bytes("byte")),
            string.Join(',', file.Text("text"))) + (file.Int32("empty").Length + file.Text("no texts").Length == 0 ? string.Empty : "!");
    }
}
