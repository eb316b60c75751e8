using System.Runtime.CompilerServices;
using Siskin.Data.Catalogue;
using Siskin.Data.Events;

namespace Siskin.Data.Datasets;

/// <summary>What all sources over files share: validation, unique ids, bare items and progress.</summary>
/// <remarks>A format overrides the rows that it has; each override reads its files from the beginning.</remarks>
internal abstract class FileDatasetSource(string name, CatalogueSchema schema) : IDatasetSource
{
    public string Name { get; } = name;

    public CatalogueSchema Schema { get; } = schema;

    public async IAsyncEnumerable<Item> ReadItemsAsync(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var events = Existing(Files(DatasetKind.Events)).Concat(Existing(TestFiles)).ToArray();
        Begin(context, Existing(Files(DatasetKind.Items)).Concat(events));
        var seen = new HashSet<long>();
        var errors = new List<ValidationError>();
        await foreach (var row in ItemRows(context, cancellationToken).ConfigureAwait(false))
        {
            CatalogueValidator.Check(row.Value, Schema, string.Empty, errors);
            if (IsGood(context, row, errors, row.Value.Id, seen))
            {
                yield return row.Value;
            }
        }

        var quiet = context.Quiet();
        await foreach (var row in EventRows(quiet, cancellationToken).ConfigureAwait(false))
        {
            if (IsNewAndSound(row.Value, seen, errors))
            {
                context.CountRow();
                yield return new Item { Id = row.Value.Item };
            }
        }

        await foreach (var row in TestRows(quiet, cancellationToken).ConfigureAwait(false))
        {
            if (IsNewAndSound(row.Value, seen, errors))
            {
                context.CountRow();
                yield return new Item { Id = row.Value.Item };
            }
        }
    }

    public async IAsyncEnumerable<User> ReadUsersAsync(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Begin(context, Existing(Files(DatasetKind.Users)));
        var seen = new HashSet<long>();
        var errors = new List<ValidationError>();
        await foreach (var row in UserRows(context, cancellationToken).ConfigureAwait(false))
        {
            CatalogueValidator.Check(row.Value, Schema, string.Empty, errors);
            if (IsGood(context, row, errors, row.Value.Id, seen))
            {
                yield return row.Value;
            }
        }
    }

    public IAsyncEnumerable<Event> ReadEventsAsync(DatasetReadContext context, CancellationToken cancellationToken = default)
    {
        Begin(context, Existing(Files(DatasetKind.Events)));
        return ValidEvents(EventRows(context, cancellationToken), context, cancellationToken);
    }

    public IAsyncEnumerable<Event> ReadTestEventsAsync(DatasetReadContext context, CancellationToken cancellationToken = default)
    {
        Begin(context, Existing(TestFiles));
        return ValidEvents(TestRows(context, cancellationToken), context, cancellationToken);
    }

    /// <summary>Files with test events.</summary>
    protected virtual IEnumerable<string> TestFiles => [];

    /// <summary>Files that hold rows of a kind; those that do not exist do not count.</summary>
    protected abstract IEnumerable<string> Files(DatasetKind kind);

    protected virtual IAsyncEnumerable<DatasetRow<Item>> ItemRows(DatasetReadContext context, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<DatasetRow<Item>>();

    protected virtual IAsyncEnumerable<DatasetRow<User>> UserRows(DatasetReadContext context, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<DatasetRow<User>>();

    protected virtual IAsyncEnumerable<DatasetRow<Event>> EventRows(DatasetReadContext context, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<DatasetRow<Event>>();

    protected virtual IAsyncEnumerable<DatasetRow<Event>> TestRows(DatasetReadContext context, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<DatasetRow<Event>>();

    /// <summary>An event with the id that its content and place give it.</summary>
    protected DatasetRow<Event> EventRow(
        string path, long line, string type, string user, string item, DateTimeOffset time, double? value = null) =>
        new(
            new Event
            {
                Id = DatasetEventId.Of(Name, type, user, item, time, value, line),
                Type = type,
                User = user,
                Item = item,
                Time = time,
                Value = value,
            },
            path,
            line);

    private static IEnumerable<string> Existing(IEnumerable<string> paths) => paths.Where(File.Exists);

    private static void Begin(DatasetReadContext context, IEnumerable<string> paths) =>
        context.Begin(paths.Sum(path => new FileInfo(path).Length));

    private static bool IsGood<T>(DatasetReadContext context, DatasetRow<T> row, List<ValidationError> errors, string id, HashSet<long> seen)
    {
        if (errors.Count == 0 && seen.Add(ItemKey.Of(id)))
        {
            context.CountRow();
            return true;
        }

        context.Reject(row.Path, row.Line, errors.Count > 0 ? Describe(errors) : $"the id '{id}' was given before; the first row counts");
        errors.Clear();
        return false;
    }

    private static string Describe(List<ValidationError> errors) =>
        string.Join("; ", errors.Select(error => $"{error.Field} {error.Message}"));

    private bool IsNewAndSound(Event e, HashSet<long> seen, List<ValidationError> errors)
    {
        if (seen.Contains(ItemKey.Of(e.Item)))
        {
            return false;
        }

        EventValidator.Check(e, Schema, string.Empty, errors);
        var isSound = errors.Count == 0;
        errors.Clear();
        return isSound && seen.Add(ItemKey.Of(e.Item));
    }

    private async IAsyncEnumerable<Event> ValidEvents(
        IAsyncEnumerable<DatasetRow<Event>> rows, DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var errors = new List<ValidationError>();
        await foreach (var row in rows.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            EventValidator.Check(row.Value, Schema, string.Empty, errors);
            if (errors.Count > 0)
            {
                context.Reject(row.Path, row.Line, Describe(errors));
                errors.Clear();
                continue;
            }

            context.CountRow();
            yield return row.Value;
        }
    }
}
