using System.Globalization;
using Siskin.Data.Datasets.Files;

namespace Siskin.Data.Datasets.Columns;

/// <summary>Reads a CSV file with a header whole, as a <see cref="ColumnTable"/>.</summary>
public static class CsvTable
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">What the columns hold.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DatasetFormatException">
    /// The file cannot be read, a column is missing or stands there twice, a row has another number of columns, or a cell is no number where one is
    /// expected: any bad row ends the reading, because it would change what is measured.
    /// </exception>
    public static async Task<ColumnTable> ReadAsync(string path, CsvColumns columns, CancellationToken cancellationToken = default)
    {
        await using var reader = new CsvRecordReader(path, ',', new DatasetReadContext { IsStrict = true });
        var header = await reader.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        Check(path, header, columns);
        var cells = Array.ConvertAll(header, _ => new List<string>());
        var lines = new List<long>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            lines.Add(reader.Line);
            for (var i = 0; i < header.Length; i++)
            {
                cells[i].Add(reader.Fields[i]);
            }
        }

        var table = new ColumnTable(lines.Count);
        var parts = columns.Lists.SelectMany(list => list.Columns).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < header.Length; i++)
        {
            if (columns.Numbers.Contains(header[i]))
            {
                table.Add(header[i], Numbers(path, header[i], cells[i], lines));
            }
            else if (!parts.Contains(header[i]) && !columns.Ignored.Contains(header[i]))
            {
                table.Add(header[i], cells[i].ToArray());
            }
        }

        foreach (var list in columns.Lists)
        {
            var sources = list.Columns.Select(name => cells[Array.IndexOf(header, name)]).ToArray();
            var values = new string[lines.Count][];
            for (var row = 0; row < values.Length; row++)
            {
                values[row] = [.. sources.Select(source => source[row]).Where(cell => cell.Length > 0)];
            }

            table.Add(list.Name, values);
        }

        return table;
    }

    private static void Check(string path, string[] header, CsvColumns columns)
    {
        foreach (var name in header)
        {
            if (Array.IndexOf(header, name) != Array.LastIndexOf(header, name))
            {
                throw new DatasetFormatException(path, 1, $"the column '{name}' stands in the header twice");
            }
        }

        foreach (var name in columns.Numbers.Concat(columns.Lists.SelectMany(list => list.Columns)))
        {
            if (!header.Contains(name))
            {
                throw new DatasetFormatException(path, 1, $"a column named {name} was expected; found {string.Join(", ", header)}");
            }
        }
    }

    private static float[] Numbers(string path, string name, List<string> cells, List<long> lines)
    {
        var numbers = new float[cells.Count];
        for (var row = 0; row < numbers.Length; row++)
        {
            if (cells[row].Length == 0)
            {
                numbers[row] = float.NaN;
            }
            else if (!float.TryParse(cells[row], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[row]))
            {
                throw new DatasetFormatException(path, lines[row], $"{name} is '{RecordReader.Shorten(cells[row])}'; a number is expected");
            }
        }

        return numbers;
    }
}
