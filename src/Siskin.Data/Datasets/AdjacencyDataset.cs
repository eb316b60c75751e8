using System.Runtime.CompilerServices;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets.Files;
using Siskin.Data.Events;

namespace Siskin.Data.Datasets;

/// <summary>Implicit feedback as adjacency lists: <c>train.txt</c> and, where there is one, <c>test.txt</c>.</summary>
/// <remarks>
/// Each line is <c>user item item …</c>, ids as they stand; a user without items is allowed and gives nothing. Every item
/// becomes an event of type <c>view</c>, in the order of the file. An id longer than allowed spoils its own event alone.
/// </remarks>
internal sealed class AdjacencyDataset(string folder)
    : FileDatasetSource(Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar)), CatalogueSchema.Default)
{
    private static readonly char[] Blanks = [' ', '\t'];

    private readonly string _train = Path.Combine(folder, "train.txt");
    private readonly string _test = Path.Combine(folder, "test.txt");

    protected override IEnumerable<string> TestFiles => [_test];

    protected override IEnumerable<string> Files(DatasetKind kind) => kind == DatasetKind.Events ? [_train] : [];

    protected override IAsyncEnumerable<DatasetRow<Event>> EventRows(DatasetReadContext context, CancellationToken cancellationToken) =>
        ReadAsync(_train, context, cancellationToken);

    protected override IAsyncEnumerable<DatasetRow<Event>> TestRows(DatasetReadContext context, CancellationToken cancellationToken) =>
        File.Exists(_test) ? ReadAsync(_test, context, cancellationToken) : base.TestRows(context, cancellationToken);

    private async IAsyncEnumerable<DatasetRow<Event>> ReadAsync(
        string path, DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var lines = new LineReader(path, context);
        var row = 0L;
        while (await lines.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (lines.Problem is { } problem)
            {
                context.Reject(path, lines.Number, problem);
                continue;
            }

            var parts = lines.Text.Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
            for (var i = 1; i < parts.Length; i++)
            {
                yield return EventRow(path, lines.Number, "view", parts[0], parts[i], DatasetTime.OfRow(row++));
            }
        }
    }
}
