using System.Globalization;
using Siskin.Data.Datasets.Files;

namespace Siskin.Data.Datasets;

/// <summary>A file with a line <c>user item item …</c> for each user, as numbers: the form of the LightGCN benchmarks.</summary>
/// <remarks>He et al. 2020. Immutable.</remarks>
public sealed class AdjacencyFile
{
    private AdjacencyFile(int[][] items, int itemCount)
    {
        Items = items;
        ItemCount = itemCount;
    }

    /// <summary>The items of each user in the order of the line; the index is the user. Empty for users without a line.</summary>
    public int[][] Items { get; }

    /// <summary>The largest item number plus 1; 0 when there are no items.</summary>
    public int ItemCount { get; }

    /// <summary>Reads a file whole.</summary>
    /// <param name="path">The file; numbers from 0, separated by spaces or tabs.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DatasetFormatException">The file cannot be read, holds something else, or a user twice.</exception>
    /// <remarks>
    /// For evaluation, where a wrong row would change the result: any bad row ends the reading. Numbers must be
    /// below 2²⁴ and dense: the arrays are as long as the largest user number.
    /// </remarks>
    public static async Task<AdjacencyFile> ReadAsync(string path, CancellationToken cancellationToken = default)
    {
        var users = new List<int[]?>();
        var items = new List<int>();
        var itemCount = 0;
        await using var lines = new LineReader(path, new DatasetReadContext());
        while (await lines.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var error = lines.Problem ?? Parse(lines.Text, items);
            if (error is null && items.Count > 0)
            {
                var user = items[0];
                while (users.Count <= user)
                {
                    users.Add(null);
                }

                error = users[user] is null ? null : $"the user {user} has a second line";
                users[user] = [.. items[1..]];
                foreach (var item in users[user]!)
                {
                    itemCount = Math.Max(itemCount, item + 1);
                }
            }

            if (error is not null)
            {
                throw new DatasetFormatException(path, lines.Number, error);
            }
        }

        return new AdjacencyFile([.. users.Select(row => row ?? [])], itemCount);
    }

    private static string? Parse(string line, List<int> numbers)
    {
        const int MaxNumber = 1 << 24;
        numbers.Clear();
        foreach (var part in line.AsSpan().SplitAny(' ', '\t'))
        {
            var text = line.AsSpan(part);
            if (text.IsEmpty)
            {
                continue;
            }

            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number >= MaxNumber)
            {
                return $"'{RecordReader.Shorten(text.ToString())}' was found; a number from 0 to {MaxNumber - 1} is expected";
            }

            numbers.Add(number);
        }

        return null;
    }
}
