using Siskin.Data.Catalogue;
using Siskin.Data.Events;

namespace Siskin.Data.Datasets;

/// <summary>Writes a data set into a catalogue and an event log.</summary>
/// <param name="catalogue">Gets the schema, the items and the users.</param>
/// <param name="events">Gets the events.</param>
/// <param name="timeProvider">Measures rates; null for the system's clock.</param>
/// <remarks>
/// Items first, then users, then events, in batches, so memory does not grow with the data set. An import that was
/// cancelled or failed may simply be repeated: items and users are replaced by themselves and events have the same ids.
/// A bare item (an id alone) never replaces what the catalogue has. Test events are not imported.
/// Safe for concurrent use as far as the catalogue and the log are.
/// </remarks>
public sealed class DatasetImporter(ICatalogue catalogue, IEventLog events, TimeProvider? timeProvider = null)
{
    /// <summary>Items or users in one write.</summary>
    public const int CatalogueBatch = 5_000;

    /// <summary>Events in one append.</summary>
    public const int EventBatch = 2_000;

    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;

    /// <summary>Imports a data set.</summary>
    /// <param name="source">The data set.</param>
    /// <param name="options">How to treat bad rows; null for the defaults.</param>
    /// <param name="progress">Told after each batch and at the end of each kind.</param>
    /// <param name="cancellationToken">Ends the import between batches; what was written stays.</param>
    /// <exception cref="ArgumentException">The data set's schema conflicts with the catalogue's; nothing was written.</exception>
    /// <exception cref="DatasetFormatException">A file cannot be read, or a row is bad and the import is strict.</exception>
    public async Task<DatasetImportSummary> ImportAsync(
        IDatasetSource source,
        DatasetImportOptions? options = null,
        IProgress<DatasetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= new DatasetImportOptions();
        var start = _time.GetTimestamp();
        var existing = await catalogue.GetSchemaAsync(cancellationToken).ConfigureAwait(false);
        var merged = SchemaMerge.Merge(existing, source.Schema);
        if (!ReferenceEquals(merged, existing))
        {
            await catalogue.SetSchemaAsync(merged, cancellationToken).ConfigureAwait(false);
        }

        var bad = 0L;
        var items = 0L;
        var users = 0L;
        var (accepted, duplicates) = (0L, 0L);
        await RunAsync(
            DatasetKind.Items, source.ReadItemsAsync, CatalogueBatch, async (batch, context) =>
            {
                await DropKnownBareItemsAsync(batch, cancellationToken).ConfigureAwait(false);
                items += await WriteAsync(batch, item => item.Id, catalogue.UpsertItemsAsync, source, context, cancellationToken).ConfigureAwait(false);
            }).ConfigureAwait(false);
        await RunAsync(
            DatasetKind.Users, source.ReadUsersAsync, CatalogueBatch, async (batch, context) =>
                users += await WriteAsync(batch, user => user.Id, catalogue.UpsertUsersAsync, source, context, cancellationToken).ConfigureAwait(false))
            .ConfigureAwait(false);
        await RunAsync(
            DatasetKind.Events, source.ReadEventsAsync, EventBatch, async (batch, _) =>
            {
                var result = await events.AppendAsync(batch, cancellationToken).ConfigureAwait(false);
                accepted += result.Accepted;
                duplicates += result.Duplicates;
            }).ConfigureAwait(false);
        return new(items, users, accepted, duplicates, bad, _time.GetElapsedTime(start));

        async Task RunAsync<T>(
            DatasetKind kind,
            Func<DatasetReadContext, CancellationToken, IAsyncEnumerable<T>> read,
            int size,
            Func<List<T>, DatasetReadContext, Task> write)
        {
            var context = new DatasetReadContext { IsStrict = options.IsStrict, OnBadRow = options.OnBadRow, OnNote = options.OnNote };
            var begun = _time.GetTimestamp();

            // A log may keep the list that it is given, so each batch is a new one.
            var batch = new List<T>(size);
            await foreach (var value in read(context, cancellationToken).ConfigureAwait(false))
            {
                batch.Add(value);
                if (batch.Count == size)
                {
                    await write(batch, context).ConfigureAwait(false);
                    batch = new List<T>(size);
                    progress?.Report(Progress(kind, context, begun, isDone: false));
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }

            if (batch.Count > 0)
            {
                await write(batch, context).ConfigureAwait(false);
            }

            bad += context.BadRows;
            progress?.Report(Progress(kind, context, begun, isDone: true));
        }
    }

    /// <summary>Writes a batch; an id whose key another id holds is a bad row and not the end of the batch.</summary>
    private static async Task<int> WriteAsync<T>(
        List<T> batch,
        Func<T, string> id,
        Func<IReadOnlyList<T>, CancellationToken, ValueTask<IReadOnlyList<CatalogueChange<T>>>> write,
        IDatasetSource source,
        DatasetReadContext context,
        CancellationToken cancellationToken)
        where T : class
    {
        while (batch.Count > 0)
        {
            try
            {
                await write(batch, cancellationToken).ConfigureAwait(false);
                return batch.Count;
            }
            catch (CatalogueConflictException conflict)
            {
                // Without this the same batch would be refused for ever.
                if (batch.RemoveAll(value => id(value) == conflict.Id) == 0)
                {
                    throw;
                }

                context.RejectRead(source.Name, 0, conflict.Message);
            }
        }

        return 0;
    }

    private static bool IsBare(Item item) =>
        item is { Title: null, Tags.Count: 0, Attributes.Count: 0, Vector: null, Place: null, Price: null, CreatedAt: null, IsAvailable: true };

    private async Task DropKnownBareItemsAsync(List<Item> batch, CancellationToken cancellationToken)
    {
        var kept = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            if (!IsBare(batch[i]) || await catalogue.GetItemAsync(batch[i].Id, cancellationToken).ConfigureAwait(false) is null)
            {
                batch[kept++] = batch[i];
            }
        }

        batch.RemoveRange(kept, batch.Count - kept);
    }

    private DatasetProgress Progress(DatasetKind kind, DatasetReadContext context, long begun, bool isDone)
    {
        var elapsed = _time.GetElapsedTime(begun);
        var done = isDone ? 1 : context.FractionDone;
        return new(
            kind,
            context.RowsRead,
            context.BadRows,
            elapsed > TimeSpan.Zero ? context.RowsRead / elapsed.TotalSeconds : 0,
            done,
            done > 0 ? elapsed * ((1 - done) / done) : null);
    }
}
