using System.Globalization;
using Siskin.Data.Datasets.Files;

namespace Siskin.Data.Datasets;

/// <summary>The files of the NCF benchmarks as numbers: what each user took, and test cases with given negatives.</summary>
/// <param name="Train">By user, in the order of the file; numbers from 0.</param>
/// <param name="ItemCount">Above all items.</param>
/// <param name="Cases">One held-back item a user with its negatives.</param>
/// <remarks>He et al. 2017: <c>*.train.pairs.tsv</c> and <c>*.test.negative</c>. Immutable.</remarks>
public sealed record LeaveOneOutFiles(int[][] Train, int ItemCount, IReadOnlyList<SampledNegatives> Cases)
{
    /// <summary>Reads a folder.</summary>
    /// <param name="folder">With one file of each kind.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DatasetFormatException">A file is missing, or a line is something else; says where.</exception>
    public static async Task<LeaveOneOutFiles> ReadAsync(string folder, CancellationToken cancellationToken = default)
    {
        var pairs = DatasetFormats.Single(folder, "*" + NcfDataset.TrainSuffix) ?? throw new DatasetFormatException(folder, 0, $"a file named *{NcfDataset.TrainSuffix} was expected; there is none");
        var negatives = DatasetFormats.Single(folder, "*.test.negative") ?? throw new DatasetFormatException(folder, 0, "a file named *.test.negative was expected; there is none");
        var users = new List<List<int>>();
        var items = 0;
        await using var lines = new LineReader(pairs, new DatasetReadContext());
        while (await lines.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var parts = lines.Text.Split('\t');
            if (lines.Problem is not null || parts.Length < 2 || !IsNumber(parts[0], out var user) || !IsNumber(parts[1], out var item))
            {
                // A heading may stand above.
                if (lines.Number == 1 && lines.Problem is null && parts.Length >= 2)
                {
                    continue;
                }

                throw new DatasetFormatException(pairs, lines.Number, lines.Problem ?? "a user and an item, numbers separated by a tab, were expected");
            }

            while (users.Count <= user)
            {
                users.Add([]);
            }

            users[user].Add(item);
            items = Math.Max(items, item + 1);
        }

        var cases = await SampledNegatives.ReadAsync(negatives, cancellationToken).ConfigureAwait(false);
        foreach (var one in cases)
        {
            items = Math.Max(items, Math.Max(one.Item, one.Negatives.Length == 0 ? 0 : one.Negatives.Max()) + 1);
            if (one.User >= users.Count)
            {
                throw new DatasetFormatException(negatives, 0, $"user {one.User} is not among the {users.Count} of {Path.GetFileName(pairs)}");
            }
        }

        return new([.. users.Select(user => user.ToArray())], items, cases);
    }

    private static bool IsNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < 100_000_000;
}
