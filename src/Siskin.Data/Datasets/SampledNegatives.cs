using System.Globalization;
using Siskin.Data.Datasets.Files;

namespace Siskin.Data.Datasets;

/// <summary>Test cases with given negatives, the form of the NCF benchmarks: a line is <c>(user,item)</c> and the negatives, separated by tabs.</summary>
/// <remarks>He et al. 2017. Immutable.</remarks>
/// <param name="User">The user, from 0.</param>
/// <param name="Item">The item held back.</param>
/// <param name="Negatives">Items that the user did not take.</param>
public sealed record SampledNegatives(int User, int Item, int[] Negatives)
{
    /// <summary>Reads a file whole.</summary>
    /// <param name="path">The file, as <c>ml-1m.test.negative</c>.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DatasetFormatException">The file cannot be read or a line is something else.</exception>
    public static async Task<IReadOnlyList<SampledNegatives>> ReadAsync(string path, CancellationToken cancellationToken = default)
    {
        var cases = new List<SampledNegatives>();
        await using var lines = new LineReader(path, new DatasetReadContext());
        while (await lines.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (lines.Text.Length > 0 || lines.Problem is not null)
            {
                cases.Add(Parse(lines.Text) is { } found && lines.Problem is null
                    ? found
                    : throw new DatasetFormatException(path, lines.Number, lines.Problem ?? "(user,item) and numbers separated by tabs were expected"));
            }
        }

        return cases;
    }

    private static SampledNegatives? Parse(string line)
    {
        var fields = line.Split('\t', StringSplitOptions.RemoveEmptyEntries);
        var pair = fields.Length > 1 && fields[0] is ['(', .., ')'] ? fields[0][1..^1].Split(',') : [];
        if (pair.Length != 2 || !IsNumber(pair[0], out var user) || !IsNumber(pair[1], out var item))
        {
            return null;
        }

        var negatives = new int[fields.Length - 1];
        for (var i = 0; i < negatives.Length; i++)
        {
            if (!IsNumber(fields[i + 1], out negatives[i]))
            {
                return null;
            }
        }

        return new(user, item, negatives);
    }

    private static bool IsNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
