using System.Globalization;
using Siskin.Data.Datasets.Columns;
using Siskin.Inference.Pmml;

namespace Siskin.Tests.Inference.Pmml;

public sealed class PmmlDataTests
{
    // Numbers this small were rounded to 0 or are differences of rounded weights in some of the expected files.
    private const double Rounded = 1e-9;

    private static readonly string Data = Path.Combine(Repository.Root, "..", "shared", "data", "pmml");

    /// <summary>Documents of several producers, where they are present.</summary>
    public static TheoryData<string> Folders => Directory.Exists(Data) ? [.. Directory.GetDirectories(Data).Select(folder => Path.GetFileName(folder)!)] : [string.Empty];

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task Documents_of_other_programs_score_as_those_do(string folder)
    {
        Assert.SkipWhen(folder.Length == 0, "The documents of other programs are not present.");
        var model = PmmlModel.Load(Path.Combine(Data, folder, "model.pmml"));
        var input = await CsvTable.ReadAsync(Path.Combine(Data, folder, "input.csv"), new CsvColumns(), TestContext.Current.CancellationToken);
        var expected = await CsvTable.ReadAsync(Path.Combine(Data, folder, "expected.csv"), new CsvColumns(), TestContext.Current.CancellationToken);
        var (scorer, outputs) = (model.CreateScorer(), new string?[model.Outputs.Count]);

        // Columns that one of the producers copied from the input are not outputs of its model.
        var columns = model.Outputs.Select((name, i) => (name, i)).Where(column => expected.Contains(column.name) && !expected.Contains("F_" + column.name))
            .Select(column => (Texts: expected.Texts(column.name), Output: column.i)).ToArray();
        Assert.NotEmpty(columns);
        var cells = model.Inputs.Select(input.Texts).ToArray();
        for (var row = 0; row < input.RowCount; row++)
        {
            scorer.Score([.. cells.Select(column => column[row] is { } cell && cell is not ("" or "N/A") ? cell : null)], outputs, out var reason);
            Assert.Null(reason);
            foreach (var (texts, i) in columns)
            {
                var wanted = texts[row];
                if (double.TryParse(wanted, CultureInfo.InvariantCulture, out var number))
                {
                    Assert.Equal(number, double.Parse(outputs[i]!, CultureInfo.InvariantCulture), Math.Max(Rounded, 1e-6 * Math.Abs(number)));
                }
                else
                {
                    Assert.Equal(wanted, outputs[i]);
                }
            }
        }
    }
}
