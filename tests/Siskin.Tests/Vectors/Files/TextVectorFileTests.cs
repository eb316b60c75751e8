using System.Globalization;
using Siskin.Tests.Storage;
using Siskin.Vectors;
using Siskin.Vectors.Files;

namespace Siskin.Tests.Vectors.Files;

public sealed class TextVectorFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1,2\n3,4\n", null)]
    [InlineData("1;2\r\n3;4", null)]
    [InlineData("1\t2\n\n3\t4\n\n", null)]
    [InlineData(" 1 , 2 \n 3 , 4 \n", null)]
    [InlineData("\uFEFFx,y\n1,2\n3,4\n", null)]
    [InlineData("# exported\n1,2\n3,4\n", null)]
    [InlineData("a,1,2\nb,3,4\n", "a b")]
    [InlineData("id,x,y\n7,1,2\n8,3,4\n", "7 8")]
    [InlineData("\"ID\";\"x\";\"y\"\n7;1;2\n8;3;4\n", "7 8")]
    [InlineData("item_id,x,y\n7,1,2\n8,3,4\n", "7 8")]
    [InlineData("name,x,y\na,1,2\nb,3,4\n", "a b")]
    [InlineData(",0,1\n5,1,2\n6,3,4\n", "5 6")]
    [InlineData("\"a,\"\"x\"\"\",1,2\nb,\"3\",4\n", "a,\"x\" b")]
    [InlineData("nan,1,2\ninfinity,3,4\n", "nan infinity")]
    public void Csv_of_every_shape_is_read(string text, string? labels) => AssertRead("a.csv", text, labels);

    [Theory]
    [InlineData("2 2\na 1 2\nb 3 4\n", "a b")]
    [InlineData("2 2\na 1 2 \nb 3 4 \n", "a b")]
    [InlineData("a 1 2\nb 3 4\n", "a b")]
    [InlineData("a\t1\t2\r\nb\t3\t4\r\n", "a b")]
    [InlineData(", 1 2\n. 3 4\n", ", .")]
    [InlineData("17 1 2\n0.5 3 4\n", "17 0.5")]
    [InlineData("好 1.0e0 +2\n</s> 3. 4\n", "好 </s>")]
    public void Words_with_numbers_are_read(string text, string labels) => AssertRead("a.vec", text, labels);

    [Fact]
    public void Words_may_hold_spaces()
    {
        File.WriteAllText(_folder.File("a.vec"), "the 1 2\n. . . 3 4\n");
        Assert.Equal(["the", ". . ."], VectorFile.Read(_folder.File("a.vec")).Labels!);
    }

    [Fact]
    public void A_word_that_looks_like_a_number_and_its_only_number_are_no_header()
    {
        File.WriteAllText(_folder.File("a.vec"), "5 3\n6 4\n");
        var set = VectorFile.Read(_folder.File("a.vec"));
        Assert.Equal(["5", "6"], set.Labels!);
        Assert.Equal([3f, 4], set.Rows.ToArray());
    }

    [Theory]
    [InlineData(",0,1\n0,5,6\n1,7,8\n", 2, 2)]
    [InlineData("word,0,1\na,5,6\nb,7,8\n", 2, 2)]
    [InlineData("0,1,2,3\n5,6,7,8\n", 1, 4)]
    [InlineData("0,1,2\n5,6,7\n", 2, 3)]
    [InlineData("a,0\nb,1\n", 2, 1)]
    [InlineData("0,1,2,4\n5,6,7,8\n", 2, 4)]
    public void Columns_that_a_data_frame_has_counted_are_names(string text, int rows, int dimensions)
    {
        File.WriteAllText(_folder.File("a.csv"), text);
        var set = VectorFile.Read(_folder.File("a.csv"));
        Assert.Equal((rows, dimensions), (set.Count, set.Dimensions));
    }

    [Fact]
    public void Whether_there_is_a_header_can_be_said()
    {
        var path = _folder.File("a.csv");
        File.WriteAllText(path, "2020,2021\n1,2\n3,4\n");
        Assert.Equal(3, VectorFile.Read(path).Count);
        Assert.Equal(2, VectorFile.Read(path, new VectorFileOptions { HasHeader = true }).Count);
        File.WriteAllText(path, "x,y\n1,2\n");
        var error = Assert.Throws<ModelFormatException>(() => VectorFile.Read(path, new VectorFileOptions { HasHeader = false }));
        Assert.Contains("line 1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.csv", "", "empty")]
    [InlineData("a.csv", "\n \n", "empty")]
    [InlineData("a.csv", "x,y\n", "below the header")]
    [InlineData("a.csv", "1,2\n3,4,5\n", "line 2: 2 columns were expected as in the first row, found 3")]
    [InlineData("a.csv", "x,y\n\n1,2\n3\n", "line 4: 2 columns")]
    [InlineData("a.csv", "1,2\n3,four\n", "line 2: column 2: a number was expected, found 'four'")]
    [InlineData("a.csv", "1,2\n3,\n", "line 2: column 2: a number was expected, found ''")]
    [InlineData("a.csv", "a,1,2\nb,3,NaN\n", "line 2: column 3: a finite number")]
    [InlineData("a.csv", "1,2\n1e39,2\n", "line 2: column 1: a finite number")]
    [InlineData("a.csv", "1,2\n\"3,4\n", "line 2: column 1: a quote")]
    [InlineData("a.csv", "a,1\n\"b\"x,4\n", "line 2: column 1: a quote")]
    [InlineData("a.csv", "1,5;2,5\n3,5;4,5\n", "line 1: column 2: a number was expected, found '5;2'")]
    [InlineData("a.vec", "a\nb\n", "line 1: a word and 1 to")]
    [InlineData("a.vec", "2 2\n", "2 words were expected by the header, the file ends after 0")]
    [InlineData("a.vec", "3 2\na 1 2\nb 3 4\n", "3 words were expected by the header, the file ends after 2")]
    [InlineData("a.vec", "1 2\na 1 2\nb 3 4\n", "line 3: 1 words were expected by the header, found more")]
    [InlineData("a.vec", "a 1 2\nb 3\n", "line 2: a word and 2 numbers were expected")]
    [InlineData("a.vec", "a 1 2\nb 3 4 5\n", "line 2: a word and 2 numbers were expected, found more")]
    [InlineData("a.vec", "a 1 2\nb 3 x\n", "line 2: number 2 of 2 was expected, found 'x'")]
    [InlineData("a.vec", "a 1 2\nb -inf 4\n", "line 2: number 1 of 2")]
    [InlineData("a.vec", "a 1 2\nb 3 NaN\n", "line 2: number 2 of 2: a finite number")]
    public void What_is_wrong_is_told_with_the_line(string name, string text, string expected)
    {
        File.WriteAllText(_folder.File(name), text);
        var error = Assert.Throws<ModelFormatException>(() => VectorFile.Read(_folder.File(name)));
        Assert.Equal(_folder.File(name), error.Path);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.csv", ",")]
    [InlineData("a.vec", " ")]
    public void Long_files_with_long_lines_are_read_whole(string name, string separator)
    {
        // Lines of some 300 kB do not fit into the first buffer, and 40 of them pass the first room for rows.
        const int d = 40_000;
        var random = new Random(3);
        var rows = new float[12 * d];
        using (var file = File.CreateText(_folder.File(name)))
        {
            for (var i = 0; i < 12; i++)
            {
                file.Write($"row{i}");
                for (var j = 0; j < d; j++)
                {
                    rows[(i * d) + j] = random.NextSingle() - 0.5f;
                    file.Write(separator);
                    file.Write(rows[(i * d) + j].ToString(CultureInfo.InvariantCulture));
                }

                file.Write('\n');
            }
        }

        var set = VectorFile.Read(_folder.File(name));
        Assert.Equal(d, set.Dimensions);
        Assert.Equal(rows, set.Rows.ToArray());
        Assert.Equal([.. Enumerable.Range(0, 12).Select(i => $"row{i}")], set.Labels!);
    }

    private void AssertRead(string name, string text, string? labels)
    {
        File.WriteAllText(_folder.File(name), text);
        var set = VectorFile.Read(_folder.File(name));
        Assert.Equal(2, set.Dimensions);
        Assert.Equal([1f, 2, 3, 4], set.Rows.ToArray());
        Assert.Equal(labels?.Split(' '), set.Labels);
    }
}
