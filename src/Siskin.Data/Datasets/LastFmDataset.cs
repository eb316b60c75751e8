using System.Runtime.CompilerServices;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets.Files;
using Siskin.Data.Events;

namespace Siskin.Data.Datasets;

/// <summary>Last.fm listening counts with friends: <c>data1.txt</c>, <c>test1.txt</c>, <c>trustnetwork.txt</c>.</summary>
/// <remarks>
/// <c>user artist count</c> becomes an event of type <c>listen</c> with the count as its value, in the order of the rows;
/// <c>user friend</c> pairs become the users' friends. The friends are gathered in memory, since a user's pairs need not
/// stand together. Cantador, Brusilovsky and Kuflik 2011.
/// </remarks>
internal sealed class LastFmDataset(string folder) : FileDatasetSource("lastfm", CatalogueSchema.Default)
{
    private readonly string _listens = Path.Combine(folder, "data1.txt");
    private readonly string _test = Path.Combine(folder, "test1.txt");
    private readonly string _friends = Path.Combine(folder, "trustnetwork.txt");

    protected override IEnumerable<string> TestFiles => [_test];

    protected override IEnumerable<string> Files(DatasetKind kind) =>
        kind == DatasetKind.Events ? [_listens] : kind == DatasetKind.Users ? [_friends] : [];

    protected override async IAsyncEnumerable<DatasetRow<User>> UserRows(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!File.Exists(_friends))
        {
            yield break;
        }

        var friends = new OrderedDictionary<string, (List<string> Ids, long Line)>(StringComparer.Ordinal);
        await using var reader = new DelimitedRecordReader(_friends, "\t", 2, context);
        var errors = new List<ValidationError>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            // Checked pair by pair, so that one bad pair does not cost the user all friends.
            CatalogueValidator.CheckId(reader.Fields[0], "the user", errors);
            CatalogueValidator.CheckId(reader.Fields[1], "the friend", errors);
            if (errors.Count > 0)
            {
                reader.Reject($"{errors[0].Field} {errors[0].Message}");
                errors.Clear();
                continue;
            }

            if (!friends.TryGetValue(reader.Fields[0], out var entry))
            {
                entry = ([], reader.Line);
                friends.Add(reader.Fields[0], entry);
            }

            if (!entry.Ids.Contains(reader.Fields[1]))
            {
                entry.Ids.Add(reader.Fields[1]);
            }
        }

        foreach (var (user, (ids, line)) in friends)
        {
            yield return new(new User { Id = user, Friends = ids }, _friends, line);
        }
    }

    protected override IAsyncEnumerable<DatasetRow<Event>> EventRows(DatasetReadContext context, CancellationToken cancellationToken) =>
        ReadAsync(_listens, context, cancellationToken);

    protected override IAsyncEnumerable<DatasetRow<Event>> TestRows(DatasetReadContext context, CancellationToken cancellationToken) =>
        File.Exists(_test) ? ReadAsync(_test, context, cancellationToken) : base.TestRows(context, cancellationToken);

    private async IAsyncEnumerable<DatasetRow<Event>> ReadAsync(
        string path, DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reader = new DelimitedRecordReader(path, "\t", 3, context);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (reader.TryNumber(2, "the count", out var count))
            {
                yield return EventRow(
                    path, reader.Line, "listen", reader.Fields[0], reader.Fields[1], DatasetTime.OfRow(reader.Line - 1), count);
            }
        }
    }
}
