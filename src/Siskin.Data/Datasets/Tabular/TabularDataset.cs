using System.Globalization;
using System.Runtime.CompilerServices;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets.Files;
using Siskin.Data.Events;

namespace Siskin.Data.Datasets.Tabular;

/// <summary>A CSV or JSON Lines file whose columns are mapped to the fields of items, users or events.</summary>
/// <remarks>
/// Events are timed by their line when no time is mapped; those without a type are of type <c>rating</c> when a value is
/// mapped, else <c>view</c>. An empty column is an absent value; an empty time makes a bad row.
/// </remarks>
internal sealed class TabularDataset : FileDatasetSource
{
    private const int SearchRows = 1_000;

    private readonly string _path;
    private readonly TabularOptions _options;
    private readonly ColumnMapping _mapping;
    private readonly string[] _jsonProperties;
    private readonly Dictionary<string, int> _columns;
    private readonly bool _isJson;

    private TabularDataset(
        string path, bool isJson, TabularOptions options, ColumnMapping mapping, Dictionary<string, int> columns, CatalogueSchema schema)
        : base(options.Name ?? Path.GetFileName(path), schema)
    {
        (_path, _isJson, _options, _mapping, _columns) = (path, isJson, options, mapping, columns);
        _jsonProperties = [.. columns.OrderBy(pair => pair.Value).Select(pair => pair.Key)];
    }

    /// <summary>Opens a file: reads its header, and for items as far as the first vector.</summary>
    /// <exception cref="ArgumentException">The mapping is wrong.</exception>
    /// <exception cref="DatasetFormatException">The file cannot be read or lacks a mapped column.</exception>
    public static async Task<TabularDataset> OpenAsync(string path, bool isJson, TabularOptions options, CancellationToken cancellationToken)
    {
        var mapping = options.Mapping is null ? null : ColumnMapping.Parse(options.Mapping, options.Kind);
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        if (isJson)
        {
            mapping ??= await DefaultJsonMappingAsync(path, options.Kind, cancellationToken).ConfigureAwait(false);
            foreach (var property in Columns(mapping).Distinct(StringComparer.Ordinal))
            {
                columns.Add(property, columns.Count);
            }

            if (!File.Exists(path))
            {
                throw new DatasetFormatException(path, 0, "a readable file was expected; there is none");
            }
        }
        else
        {
            await using var reader = Csv(path, options, new DatasetReadContext { IsStrict = true });
            var first = await reader.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < first.Length; i++)
            {
                columns.TryAdd(options.HasHeader ? first[i].Trim() : (i + 1).ToString(CultureInfo.InvariantCulture), i);
            }

            mapping ??= options.HasHeader
                ? ColumnMapping.OfColumns(columns.Keys, options.Kind)
                : throw new ArgumentException("A file without a header needs a column mapping.", nameof(options));
            if (Columns(mapping).Where(column => !columns.ContainsKey(column)).ToArray() is { Length: > 0 } missing)
            {
                throw new DatasetFormatException(
                    path, reader.Line, $"columns named {string.Join(", ", missing)} were expected; found {RecordReader.Shorten(string.Join(", ", columns.Keys))}");
            }
        }

        var schema = CatalogueSchema.Default with
        {
            EventTypes = options.EventTypes,
            ItemAttributes = options.Kind == DatasetKind.Items ? mapping.Attributes : [],
            UserAttributes = options.Kind == DatasetKind.Users ? mapping.Attributes : [],
        };
        var source = new TabularDataset(path, isJson, options, mapping, columns, schema);
        return mapping.SourceOf("vector") is null
            ? source
            : new TabularDataset(path, isJson, options, mapping, columns, schema with
            {
                VectorDimension = await source.FindDimensionAsync(cancellationToken).ConfigureAwait(false),
            });
    }

    protected override IEnumerable<string> Files(DatasetKind kind) => kind == _options.Kind ? [_path] : [];

    protected override async IAsyncEnumerable<DatasetRow<Item>> ItemRows(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_options.Kind != DatasetKind.Items)
        {
            yield break;
        }

        await using var reader = await OpenRowsAsync(context, cancellationToken).ConfigureAwait(false);
        var row = NewRow(reader, context);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var item = row.ReadItem();
            if (row.Error is not null)
            {
                reader.Reject(row.Error);
            }
            else
            {
                yield return new(item, _path, reader.Line);
            }
        }
    }

    protected override async IAsyncEnumerable<DatasetRow<User>> UserRows(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_options.Kind != DatasetKind.Users)
        {
            yield break;
        }

        await using var reader = await OpenRowsAsync(context, cancellationToken).ConfigureAwait(false);
        var row = NewRow(reader, context);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var user = row.ReadUser();
            if (row.Error is not null)
            {
                reader.Reject(row.Error);
            }
            else
            {
                yield return new(user, _path, reader.Line);
            }
        }
    }

    protected override async IAsyncEnumerable<DatasetRow<Event>> EventRows(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_options.Kind != DatasetKind.Events)
        {
            yield break;
        }

        await using var reader = await OpenRowsAsync(context, cancellationToken).ConfigureAwait(false);
        var row = NewRow(reader, context);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var e = row.ReadEvent(Name);
            if (row.Error is not null)
            {
                reader.Reject(row.Error);
            }
            else
            {
                yield return new(e, _path, reader.Line);
            }
        }
    }

    private static IEnumerable<string> Columns(ColumnMapping mapping) =>
        mapping.Fields.Select(field => mapping.SourceOf(field)!.Value).Where(source => !source.IsConstant).Select(source => source.Text);

    /// <summary>
    /// Each field from the property of its own name; times and values only when one of the first rows has them, because
    /// a mapped time must be there in every row and a mapped value makes events ratings.
    /// </summary>
    private static async Task<ColumnMapping> DefaultJsonMappingAsync(string path, DatasetKind kind, CancellationToken cancellationToken)
    {
        var fields = ColumnMapping.Allowed(kind);
        var found = new HashSet<string>(fields.Except(["time", "value"]), StringComparer.Ordinal);
        await using var reader = new JsonLinesRecordReader(path, fields, new DatasetReadContext());
        for (var row = 0; row < SearchRows && await reader.ReadAsync(cancellationToken).ConfigureAwait(false); row++)
        {
            found.UnionWith(fields.Where((_, i) => reader.Fields[i].Length > 0));
        }

        return ColumnMapping.OfColumns(found, kind);
    }

    private static CsvRecordReader Csv(string path, TabularOptions options, DatasetReadContext context)
    {
        var isTab = Path.GetExtension(path).ToLowerInvariant() is ".tsv" or ".tab";
        return new CsvRecordReader(path, options.Delimiter ?? (isTab ? '\t' : ','), context);
    }

    private TabularRow NewRow(RecordReader reader, DatasetReadContext context) => new(reader, _mapping, _columns, _options, context);

    private async ValueTask<RecordReader> OpenRowsAsync(DatasetReadContext context, CancellationToken cancellationToken)
    {
        if (_isJson)
        {
            return new JsonLinesRecordReader(_path, _jsonProperties, context);
        }

        var reader = Csv(_path, _options, context);
        if (_options.HasHeader)
        {
            await reader.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        }

        return reader;
    }

    /// <summary>Length of the first vector within the first rows; null when there is none.</summary>
    private async Task<int?> FindDimensionAsync(CancellationToken cancellationToken)
    {
        var context = new DatasetReadContext();
        await using var reader = await OpenRowsAsync(context, cancellationToken).ConfigureAwait(false);
        var row = NewRow(reader, context);
        for (var i = 0; i < SearchRows && await reader.ReadAsync(cancellationToken).ConfigureAwait(false); i++)
        {
            var item = row.ReadItem();
            if (row.Error is null && item.Vector is { Length: > 0 } vector)
            {
                return vector.Length;
            }
        }

        return null;
    }
}
