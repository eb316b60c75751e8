using Siskin.Data.Catalogue;
using Siskin.Data.Datasets;
using Siskin.Data.Datasets.Tabular;
using Siskin.Data.Events;

namespace Siskin.Tests.Data.Datasets;

public sealed class DatasetImporterTests : IDisposable
{
    private readonly DatasetFolder _folder = new();
    private readonly RecordingCatalogue _catalogue = new();
    private readonly RecordingEventLog _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_is_written_in_batches_and_counted()
    {
        var rows = string.Concat(Enumerable.Range(0, 2_500).Select(i => $"u{i % 7},{i % 30},4,964982703\n"));
        _folder.Write("movies.csv", "movieId,title,genres\n1,A,X\n1,again,X\n");
        _folder.Write("ratings.csv", "userId,movieId,rating,timestamp\n" + rows + "u,1,x,1\n");
        var reports = new List<DatasetProgress>();
        var source = await DatasetFormats.OpenAsync(_folder.Folder);
        var summary = await Importer().ImportAsync(source, new() { OnBadRow = _folder.BadRows.Add }, new Reporter(reports));

        Assert.Equal((30, 0, 2_500, 0, 2), (summary.Items, summary.Users, summary.EventsAccepted, summary.EventDuplicates, summary.BadRows));
        Assert.Equal([2_000, 500], _log.Batches);
        Assert.Equal(2, _folder.BadRows.Count);
        Assert.Equal(DatasetKind.Events, reports[^1].Kind);
        Assert.Equal((2_501L, 1L, 1.0, TimeSpan.Zero), (reports[^1].Rows, reports[^1].BadRows, reports[^1].FractionDone, reports[^1].TimeLeft));
        Assert.Equal([DatasetKind.Items, DatasetKind.Users, DatasetKind.Events, DatasetKind.Events], reports.Select(report => report.Kind));
        Assert.Contains(_catalogue.Schema.ItemAttributes, attribute => attribute.Name == "release_year");
    }

    [Fact]
    public async Task Importing_twice_changes_nothing()
    {
        _folder.Write("train.txt", "0 1 2\n1 2\n");
        var source = await DatasetFormats.OpenAsync(_folder.Folder);
        var first = await Importer().ImportAsync(source);
        var second = await Importer().ImportAsync(source);
        Assert.Equal((2, 3, 0), (first.Items, first.EventsAccepted, first.EventDuplicates));
        Assert.Equal((0, 0, 3), (second.Items, second.EventsAccepted, second.EventDuplicates));
    }

    [Fact]
    public async Task A_bare_item_does_not_replace_a_described_one()
    {
        await _catalogue.UpsertItemsAsync([new Item { Id = "1", Title = "kept" }]);
        _folder.Write("train.txt", "0 1 2\n");
        await Importer().ImportAsync(await DatasetFormats.OpenAsync(_folder.Folder));
        Assert.Equal("kept", _catalogue.Items["1"].Title);
        Assert.Contains("2", _catalogue.Items.Keys);
    }

    [Fact]
    public async Task A_strict_import_stops_at_the_first_bad_row()
    {
        var path = _folder.Write("e.csv", "user,item\na,b\n,c\n");
        var source = await DatasetFormats.OpenAsync(path);
        var error = await Assert.ThrowsAsync<DatasetFormatException>(() => Importer().ImportAsync(source, new() { IsStrict = true }));
        Assert.Equal((path, 3L), (error.Path, error.Line));
    }

    [Fact]
    public async Task A_conflict_of_schemas_is_an_error_and_nothing_is_written()
    {
        _catalogue.Schema = CatalogueSchema.Default with
        {
            ItemAttributes = [new() { Name = "size", Type = AttributeType.Categorical }],
            VectorDimension = 3,
        };
        var source = await DatasetFormats.OpenAsync(
            "csv:" + _folder.Write("i.csv", "id,size,v\na,1,1 2\n"),
            new TabularOptions { Kind = DatasetKind.Items, Mapping = "id=id,attr.size:numeric=size,vector=v" });
        var error = await Assert.ThrowsAsync<ArgumentException>(() => Importer().ImportAsync(source));
        Assert.Contains("'size' is categorical in the catalogue and numeric in the data set", error.Message);
        Assert.Contains("3 entries in the catalogue and 2 in the data set", error.Message);
        Assert.Empty(_catalogue.Items);
    }

    [Fact]
    public void Merged_schemas_keep_what_the_catalogue_says()
    {
        var existing = CatalogueSchema.Default with
        {
            ItemAttributes = [new() { Name = "size", Type = AttributeType.Numeric, IsFeature = false }],
            EventTypes = [new() { Name = "view", Weight = 0.5 }],
        };
        var added = CatalogueSchema.Default with
        {
            ItemAttributes = [new() { Name = "size", Type = AttributeType.Numeric, IsFeature = true }, new() { Name = "new", Type = AttributeType.Text }],
            EventTypes = [new() { Name = "view", Weight = 9 }, new() { Name = "play" }],
        };
        var merged = SchemaMerge.Merge(existing, added);
        Assert.Equal(["size", "new"], merged.ItemAttributes.Select(attribute => attribute.Name));
        Assert.False(merged.ItemAttributes[0].IsFeature);
        Assert.Equal([("view", 0.5), ("play", 1.0)], merged.EventTypes.Select(type => (type.Name, type.Weight)));
        Assert.Same(merged, SchemaMerge.Merge(merged, added));
    }

    [Fact]
    public async Task An_id_whose_key_is_taken_is_a_bad_row()
    {
        _catalogue.Refused = "2";
        _folder.Write("train.txt", "0 1 2 3\n");
        var summary = await Importer().ImportAsync(
            await DatasetFormats.OpenAsync(_folder.Folder), new() { OnBadRow = _folder.BadRows.Add });
        Assert.Equal((2, 1), (summary.Items, summary.BadRows));
        Assert.Contains("'2'", Assert.Single(_folder.BadRows).Reason);
    }

    private DatasetImporter Importer() => new(_catalogue, _log);

    private sealed class Reporter(List<DatasetProgress> reports) : IProgress<DatasetProgress>
    {
        public void Report(DatasetProgress value) => reports.Add(value);
    }

    private sealed class RecordingEventLog : IEventLog
    {
        private readonly HashSet<string> _ids = [];

        public List<int> Batches { get; } = [];

        public long End => _ids.Count;

        public ValueTask<AppendResult> AppendAsync(IReadOnlyList<Event> events, CancellationToken cancellationToken = default)
        {
            Batches.Add(events.Count);
            var accepted = events.Count(e => _ids.Add(e.Id));
            return new(new AppendResult(accepted, events.Count - accepted, End));
        }

        public IAsyncEnumerable<EventBatch> ReadAsync(long start, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<long> AttachAsync(IEventSink sink, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => default;
    }

    private sealed class RecordingCatalogue : ICatalogue
    {
        public CatalogueSchema Schema { get; set; } = CatalogueSchema.Default;

        public Dictionary<string, Item> Items { get; } = [];

        public string? Refused { get; set; }

        public ValueTask<CatalogueSchema> GetSchemaAsync(CancellationToken cancellationToken = default) => new(Schema);

        public ValueTask SetSchemaAsync(CatalogueSchema schema, CancellationToken cancellationToken = default)
        {
            Schema = schema;
            return default;
        }

        public ValueTask<IReadOnlyList<CatalogueChange<Item>>> UpsertItemsAsync(IReadOnlyList<Item> items, CancellationToken cancellationToken = default)
        {
            if (items.Any(item => item.Id == Refused))
            {
                throw new CatalogueConflictException(Refused!, "other");
            }

            foreach (var item in items)
            {
                Items[item.Id] = item;
            }

            return new([]);
        }

        public ValueTask<IReadOnlyList<CatalogueChange<User>>> UpsertUsersAsync(IReadOnlyList<User> users, CancellationToken cancellationToken = default) => new([]);

        public ValueTask<Item?> GetItemAsync(string id, CancellationToken cancellationToken = default) => new(Items.GetValueOrDefault(id));

        public ValueTask<long> GetVersionAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<long> CountItemsAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<long> CountUsersAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<User?> GetUserAsync(string id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<CatalogueChange<Item>?> UpdateItemAsync(string id, Func<Item, Item> change, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<CatalogueChange<User>?> UpdateUserAsync(string id, Func<User, User> change, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<CatalogueChange<Item>?> DeleteItemAsync(string id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<CatalogueChange<User>?> DeleteUserAsync(string id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<CataloguePage<Item>> ListItemsAsync(string? cursor, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<CataloguePage<User>> ListUsersAsync(string? cursor, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public IAsyncEnumerable<CatalogueChange<Item>> ReadItemChangesAsync(long sinceVersion, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public IAsyncEnumerable<CatalogueChange<User>> ReadUserChangesAsync(long sinceVersion, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => default;
    }
}
