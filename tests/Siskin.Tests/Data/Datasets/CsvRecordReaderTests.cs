using Siskin.Data.Datasets;
using Siskin.Data.Datasets.Files;

namespace Siskin.Tests.Data.Datasets;

public sealed class CsvRecordReaderTests : IDisposable
{
    private readonly DatasetFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a,b", "a|b")]
    [InlineData("a,", "a|")]
    [InlineData(",", "|")]
    [InlineData("\"a,b\",c", "a,b|c")]
    [InlineData("\"say \"\"hi\"\"\",c", "say \"hi\"|c")]
    [InlineData("\"\",c", "|c")]
    [InlineData("c,\"\"", "c|")]
    [InlineData("\"\"\"\",c", "\"|c")]
    [InlineData("5\" disk,c", "5\" disk|c")]
    [InlineData("a \"quoted\" word,c", "a \"quoted\" word|c")]
    [InlineData("\"two\nlines\",c", "two\nlines|c")]
    [InlineData("\"two\r\nlines\",c\r\n", "two\nlines|c")]
    public async Task Columns_are_split_and_unquoted(string text, string expected)
    {
        Assert.Equal([(1L, expected)], await ReadAsync(text));
        Assert.Empty(_folder.BadRows);
    }

    [Fact]
    public async Task A_byte_order_mark_crlf_and_empty_lines_do_not_matter()
    {
        Assert.Equal([(1L, "a|b"), (3L, "c|d"), (4L, "e|f")], await ReadAsync("\uFEFFa,b\r\n\r\nc,d\r\ne,f"));
    }

    [Fact]
    public async Task An_unterminated_quote_costs_its_line_alone()
    {
        Assert.Equal([(1L, "a|b"), (3L, "c|d"), (4L, "e|f")], await ReadAsync("a,b\n\"open,x\nc,d\ne,f\n"));
        Assert.Contains("2: a quote is opened", Assert.Single(_folder.Bad()));
    }

    [Fact]
    public async Task An_unterminated_quote_before_good_quotes_costs_its_line_alone()
    {
        Assert.Equal([(2L, "c,d|d"), (3L, "e|f")], await ReadAsync("\"open,x\n\"c,d\",d\ne,f\n"));
        Assert.Equal(1, Assert.Single(_folder.BadRows).Line);
    }

    [Fact]
    public async Task An_unterminated_quote_that_a_later_row_happens_to_close_costs_these_two_rows_alone()
    {
        Assert.Equal([(1L, "a|b"), (3L, "c|d"), (5L, "e|f")], await ReadAsync("a,b\n\"open,x\nc,d\n2,\"\ne,f\n"));
        Assert.Equal([2L, 4L], _folder.BadRows.Select(row => row.Line));
    }

    [Fact]
    public async Task An_unterminated_quote_in_a_long_file_costs_its_line_alone_and_line_numbers_stay_right()
    {
        var rows = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i},x\n"));
        var read = await ReadAsync("a,b\n\"open,x\n" + rows + "\"again,x\nlast,y\n");
        Assert.Equal(60_002, read.Count);
        Assert.Equal((3L, "0|x"), read[1]);
        Assert.Equal((60_004L, "last|y"), read[^1]);
        Assert.Equal([2L, 60_003L], _folder.BadRows.Select(row => row.Line));
    }

    [Fact]
    public async Task Rows_with_another_number_of_columns_than_the_first_are_bad()
    {
        Assert.Equal([(1L, "a|b"), (4L, "c|d")], await ReadAsync("a,b\nx\nx,y,z\nc,d"));
        Assert.Equal(["2: the row has 1 column; 2 are expected", "3: the row has 3 columns; 2 are expected"], _folder.Bad());
    }

    [Fact]
    public async Task Text_behind_a_closing_quote_is_bad()
    {
        Assert.Equal([(1L, "a|b"), (3L, "c|d")], await ReadAsync("a,b\n\"x\"y,z\nc,d"));
        Assert.Equal(2, Assert.Single(_folder.BadRows).Line);
    }

    [Fact]
    public async Task Nul_bytes_and_bytes_that_are_no_utf8_are_bad()
    {
        var path = _folder.Write("x.csv", string.Empty);
        await File.WriteAllBytesAsync(path, [.. "a,b\nx\0,y\n"u8, 0xC3, 0x28, .. ",z\nc,d\n"u8]);
        Assert.Equal([(1L, "a|b"), (4L, "c|d")], await ReadFileAsync(path));
        Assert.Contains("2: the line holds a NUL", _folder.Bad()[0]);
        Assert.Contains("3: the line holds bytes that are not valid", _folder.Bad()[1]);
    }

    [Fact]
    public async Task A_line_of_absurd_length_is_bad_and_the_next_is_read()
    {
        var text = "a,b\n" + new string('x', LineReader.MaxLength + 10) + "\nc,d";
        Assert.Equal([(1L, "a|b"), (3L, "c|d")], await ReadAsync(text));
        Assert.StartsWith("2: the line has 4,194,314 characters", Assert.Single(_folder.Bad()));
    }

    [Fact]
    public async Task Strict_reading_stops_at_the_first_bad_row()
    {
        var path = _folder.Write("x.csv", "a,b\nx\nc,d");
        await using var reader = new CsvRecordReader(path, ',', new DatasetReadContext { IsStrict = true });
        Assert.True(await reader.ReadAsync(default));
        var error = await Assert.ThrowsAsync<DatasetFormatException>(async () => await reader.ReadAsync(default));
        Assert.Equal((path, 2L), (error.Path, error.Line));
    }

    [Fact]
    public async Task Any_text_at_all_is_read_without_a_crash_and_every_line_is_accounted_for()
    {
        var random = new Random(7);
        const string Alphabet = "ab,\"\"\n\r\0 ";
        for (var round = 0; round < 300; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            _folder.BadRows.Clear();
            var read = await ReadAsync(text);
            var lines = read.Select(row => row.Line).Concat(_folder.BadRows.Select(row => row.Line)).ToArray();
            Assert.Equal(lines.Length, lines.Distinct().Count());
            Assert.All(lines, line => Assert.InRange(line, 1, text.Count(c => c == '\n') + 1));
        }
    }

    private Task<List<(long Line, string Fields)>> ReadAsync(string text) => ReadFileAsync(_folder.Write("x.csv", text));

    private async Task<List<(long Line, string Fields)>> ReadFileAsync(string path)
    {
        var rows = new List<(long, string)>();
        await using var reader = new CsvRecordReader(path, ',', _folder.Context);
        while (await reader.ReadAsync(default))
        {
            rows.Add((reader.Line, string.Join('|', reader.Fields)));
        }

        return rows;
    }
}
