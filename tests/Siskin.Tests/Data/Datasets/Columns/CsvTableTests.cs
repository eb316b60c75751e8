using Siskin.Data.Datasets;
using Siskin.Data.Datasets.Columns;

namespace Siskin.Tests.Data.Datasets.Columns;

public sealed class CsvTableTests : IDisposable
{
    private static readonly CsvColumns Columns = new() { Numbers = ["x"], Lists = [new("h", ["h2", "h1"])], Ignored = ["no"] };

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.csv");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task Cells_become_numbers_texts_and_lists_in_the_order_asked_for()
    {
        var table = await ReadAsync("x,id,h1,h2,no\n1.5,a,new,old,1\n,\"b,c\",\"\",only,2\n");
        Assert.Equal(["x", "id", "h"], table.Names);
        Assert.Equal([1.5f, float.NaN], table.Numbers("x"));
        Assert.Equal(["a", "b,c"], table.Texts("id"));
        Assert.Equal([["old", "new"], ["only"]], table.Lists("h"));
        Assert.Throws<ArgumentException>(() => table.Numbers("id"));
    }

    [Theory]
    [InlineData("x,id,h1,h2\n1,a,b,c\nz,a,b,c\n", 3, "x is 'z'")]
    [InlineData("x,id,h1\n1,a,b\n", 1, "h2")]
    [InlineData("x,x,h1,h2\n", 1, "twice")]
    [InlineData("x,id,h1,h2\n1,a,b\n", 2, "3 columns")]
    public async Task What_does_not_fit_ends_the_reading_with_its_line(string text, long line, string message)
    {
        var error = await Assert.ThrowsAsync<DatasetFormatException>(() => ReadAsync(text));
        Assert.Equal(line, error.Line);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public async Task Sampled_negatives_are_read_and_bad_lines_named()
    {
        await File.WriteAllTextAsync(_path, "(0,25)\t10\t11\n(1,3)\t4\t5\n");
        var cases = await SampledNegatives.ReadAsync(_path);
        Assert.Equal((1, 3), (cases[1].User, cases[1].Item));
        Assert.Equal([10, 11], cases[0].Negatives);
        await File.WriteAllTextAsync(_path, "(0,25)\t10\n(1;3)\t4\n");
        Assert.Equal(2, (await Assert.ThrowsAsync<DatasetFormatException>(() => SampledNegatives.ReadAsync(_path))).Line);
    }

    private async Task<ColumnTable> ReadAsync(string text)
    {
        await File.WriteAllTextAsync(_path, text);
        return await CsvTable.ReadAsync(_path, Columns);
    }
}
