using System.Globalization;
using System.Runtime.CompilerServices;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets.Files;
using Siskin.Data.Events;

namespace Siskin.Data.Datasets;

/// <summary>MovieLens 1M as leave-one-out, in the form of He et al. 2017 (Neural Collaborative Filtering).</summary>
/// <remarks>
/// <c>*.train.pairs.tsv</c> (user, item; zero-based) becomes events of type <c>view</c> in the order of the rows,
/// <c>*.test.rating</c> (user, item, rating, seconds) test events of type <c>rating</c>. With <c>*.item_map.tsv</c> items
/// have their MovieLens ids and, from <c>movies.dat</c>, their titles, and only the items of the map are given; users are
/// the MovieLens ids, which are the numbers here plus 1. Without a map the numbers are the ids.
/// </remarks>
internal sealed class NcfDataset : FileDatasetSource
{
    /// <summary>How the name of the file of training pairs ends.</summary>
    internal const string TrainSuffix = ".train.pairs.tsv";

    private readonly string _folder;
    private readonly string _train;
    private readonly string? _test;
    private readonly Dictionary<string, string>? _itemIds;
    private readonly HashSet<string>? _mapped;

    private NcfDataset(string folder, string train, string? test, Dictionary<string, string>? itemIds)
        : base(Path.GetFileName(train).Replace(TrainSuffix, "-ncf", StringComparison.Ordinal), MovieLens1MDataset.MovieLensSchema)
    {
        _folder = folder;
        _train = train;
        _test = test;
        _itemIds = itemIds;
        _mapped = itemIds?.Values.ToHashSet(StringComparer.Ordinal);
    }

    private string Movies => Path.Combine(_folder, "movies.dat");

    private string UserFile => Path.Combine(_folder, "users.dat");

    /// <summary>Opens a folder and reads its item map.</summary>
    public static async Task<NcfDataset> OpenAsync(string folder, CancellationToken cancellationToken)
    {
        var train = DatasetFormats.Single(folder, "*" + TrainSuffix)
            ?? throw new DatasetFormatException(folder, 0, $"a file named *{TrainSuffix} was expected; there is none");
        var map = DatasetFormats.Single(folder, "*.item_map.tsv");
        return new NcfDataset(
            folder,
            train,
            DatasetFormats.Single(folder, "*.test.rating"),
            map is null ? null : await ReadMapAsync(map, cancellationToken).ConfigureAwait(false));
    }

    protected override IEnumerable<string> TestFiles => _test is null ? [] : [_test];

    protected override IEnumerable<string> Files(DatasetKind kind) =>
        [kind == DatasetKind.Items ? Movies : kind == DatasetKind.Users ? UserFile : _train];

    protected override async IAsyncEnumerable<DatasetRow<Item>> ItemRows(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_mapped is null || !File.Exists(Movies))
        {
            yield break;
        }

        await foreach (var row in MovieLens1MDataset.ReadMoviesAsync(Movies, context, cancellationToken).ConfigureAwait(false))
        {
            if (_mapped.Contains(row.Value.Id))
            {
                yield return row;
            }
        }
    }

    protected override IAsyncEnumerable<DatasetRow<User>> UserRows(DatasetReadContext context, CancellationToken cancellationToken) =>
        _itemIds is not null && File.Exists(UserFile)
            ? MovieLens1MDataset.ReadUsersAsync(UserFile, context, cancellationToken)
            : base.UserRows(context, cancellationToken);

    protected override async IAsyncEnumerable<DatasetRow<Event>> EventRows(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reader = new DelimitedRecordReader(_train, "\t", 2, context);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (TryIds(reader, out var user, out var item))
            {
                yield return EventRow(_train, reader.Line, "view", user, item, DatasetTime.OfRow(reader.Line - 1));
            }
        }
    }

    protected override async IAsyncEnumerable<DatasetRow<Event>> TestRows(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_test is null)
        {
            yield break;
        }

        await using var reader = new DelimitedRecordReader(_test, "\t", 4, context);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (TryIds(reader, out var user, out var item)
                && reader.TryNumber(2, "the rating", out var rating) && reader.TrySeconds(3, "the time", out var time))
            {
                yield return EventRow(_test, reader.Line, "rating", user, item, time, rating);
            }
        }
    }

    private static async Task<Dictionary<string, string>> ReadMapAsync(string path, CancellationToken cancellationToken)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var reader = new DelimitedRecordReader(path, "\t", 2, new DatasetReadContext { IsStrict = true });
        await reader.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!map.TryAdd(reader.Fields[0], reader.Fields[1]))
            {
                throw new DatasetFormatException(path, reader.Line, $"the item {reader.Fields[0]} stands in the map twice");
            }
        }

        return map;
    }

    private bool TryIds(RecordReader reader, out string user, out string item)
    {
        user = reader.Fields[0];
        item = reader.Fields[1];
        if (_itemIds is null)
        {
            return true;
        }

        if (!int.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == int.MaxValue)
        {
            reader.Reject($"the user is '{RecordReader.Shorten(user)}'; a number from 0 is expected");
            return false;
        }

        user = (number + 1).ToString(CultureInfo.InvariantCulture);
        if (_itemIds.TryGetValue(item, out var mapped))
        {
            item = mapped;
            return true;
        }

        reader.Reject($"the item '{RecordReader.Shorten(item)}' is not in the item map");
        return false;
    }
}
