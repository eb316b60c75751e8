using System.Runtime.CompilerServices;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets.Files;
using Siskin.Data.Events;

namespace Siskin.Data.Datasets;

/// <summary>Implicit feedback in the order of time, in one file: each line is <c>user item item …</c>, the oldest item first.</summary>
/// <remarks>Ids as they stand; every item becomes an event of type <c>view</c>. Times follow the order of the file, so that only those of one user mean anything.</remarks>
internal sealed class SequencesDataset(string path)
    : FileDatasetSource(Path.GetFileNameWithoutExtension(path), CatalogueSchema.Default)
{
    private static readonly char[] Blanks = [' ', '\t'];

    protected override IEnumerable<string> Files(DatasetKind kind) => kind == DatasetKind.Events ? [path] : [];

    protected override async IAsyncEnumerable<DatasetRow<Event>> EventRows(DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
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
            if (parts.Length == 1)
            {
                context.Reject(path, lines.Number, $"user '{parts[0]}' has no items");
            }

            for (var i = 1; i < parts.Length; i++)
            {
                yield return EventRow(path, lines.Number, "view", parts[0], parts[i], DatasetTime.OfRow(row++));
            }
        }
    }
}
