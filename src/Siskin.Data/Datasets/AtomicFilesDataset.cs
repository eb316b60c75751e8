using System.Globalization;
using System.Runtime.CompilerServices;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets.Files;
using Siskin.Data.Events;

namespace Siskin.Data.Datasets;

/// <summary>Tab-separated files with typed headers, the "atomic files" of RecBole: <c>*.inter</c>, <c>*.item</c>, <c>*.user</c>.</summary>
/// <remarks>
/// <para>
/// A header is <c>name:type</c>, the type one of <c>token</c>, <c>token_seq</c> (separated by spaces), <c>float</c>.
/// <c>float_seq</c> columns are left out. The first item column named as one becomes the title (<c>movie_title</c>,
/// <c>title</c>, <c>name</c>), the tags (a <c>token_seq</c> named <c>class</c>, <c>genre</c>, <c>genres</c>, <c>tags</c>,
/// <c>categories</c>) or the price (a <c>float</c>). Other columns become attributes: numeric for <c>float</c>,
/// categorical for <c>token</c>, text for <c>token_seq</c>. The tokens <c>release_year</c> and <c>age</c> are numeric too,
/// and left out where they hold something else; a known year is added to the title, as in <c>Toy Story (1995)</c>.
/// </para>
/// <para>
/// Interactions with a <c>rating</c> are events of type <c>rating</c>, others of type <c>view</c>; <c>timestamp</c> is in
/// seconds, and without it rows are timed by their order. Zhao et al. 2021.
/// </para>
/// </remarks>
internal sealed class AtomicFilesDataset : FileDatasetSource
{
    private static readonly string[] TitleNames = ["movie_title", "title", "name"];
    private static readonly string[] TagNames = ["class", "genre", "genres", "tags", "categories"];
    private static readonly string[] NumericTokens = ["release_year", "age"];

    private readonly Table? _items;
    private readonly Table? _users;
    private readonly Table _events;

    private AtomicFilesDataset(string name, Table? items, Table? users, Table events)
        : base(name, CatalogueSchema.Default with
        {
            ItemAttributes = items?.Attributes() ?? [],
            UserAttributes = users?.Attributes() ?? [],
        })
    {
        (_items, _users, _events) = (items, users, events);
    }

    private enum Role
    {
        Ignored,
        Id,
        Title,
        Tags,
        Price,
        Numeric,
        NumericToken,
        Categorical,
        Text,
    }

    /// <summary>Opens the files of a folder and reads their headers.</summary>
    public static async Task<AtomicFilesDataset> OpenAsync(string folder, CancellationToken cancellationToken)
    {
        var events = DatasetFormats.Single(folder, "*.inter")
            ?? throw new DatasetFormatException(folder, 0, "a file named *.inter was expected; there is none");
        var interactions = await Table.OpenAsync(events, "item_id", cancellationToken).ConfigureAwait(false);
        interactions.Require("user_id");
        return new AtomicFilesDataset(
            Path.GetFileNameWithoutExtension(events),
            DatasetFormats.Single(folder, "*.item") is { } items ? await Table.OpenAsync(items, "item_id", cancellationToken).ConfigureAwait(false) : null,
            DatasetFormats.Single(folder, "*.user") is { } users ? await Table.OpenAsync(users, "user_id", cancellationToken).ConfigureAwait(false) : null,
            interactions);
    }

    protected override IEnumerable<string> Files(DatasetKind kind) =>
        (kind == DatasetKind.Items ? _items : kind == DatasetKind.Users ? _users : _events) is { } table ? [table.Path] : [];

    protected override async IAsyncEnumerable<DatasetRow<Item>> ItemRows(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_items is null)
        {
            yield break;
        }

        await using var reader = await _items.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!_items.TryAttributes(reader, out var attributes))
            {
                continue;
            }

            var price = double.NaN;
            if (_items.Column(Role.Price) is { } column && reader.Fields[column].Length > 0 && !reader.TryNumber(column, "the price", out price))
            {
                continue;
            }

            var title = _items.Text(reader, Role.Title);
            if (title is not null && attributes.TryGetValue("release_year", out var year) && MovieLensText.Year(title) is null)
            {
                title = $"{title} ({year})";
            }

            yield return new(
                new Item
                {
                    Id = _items.Text(reader, Role.Id) ?? string.Empty,
                    Title = title,
                    Tags = [.. (_items.Text(reader, Role.Tags)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? []).Distinct(StringComparer.Ordinal)],
                    Price = double.IsNaN(price) ? null : price,
                    Attributes = attributes,
                },
                reader.Path,
                reader.Line);
        }
    }

    protected override async IAsyncEnumerable<DatasetRow<User>> UserRows(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_users is null)
        {
            yield break;
        }

        await using var reader = await _users.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_users.TryAttributes(reader, out var attributes))
            {
                var user = new User { Id = _users.Text(reader, Role.Id) ?? string.Empty, Attributes = attributes };
                yield return new(user, reader.Path, reader.Line);
            }
        }
    }

    protected override async IAsyncEnumerable<DatasetRow<Event>> EventRows(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (user, item) = (_events.Require("user_id"), _events.Require("item_id"));
        var (ratingColumn, timeColumn) = (_events.Find("rating"), _events.Find("timestamp"));
        await using var reader = await _events.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var (rating, time) = (0.0, DatasetTime.OfRow(reader.Line - 2));
            if ((ratingColumn < 0 || reader.TryNumber(ratingColumn, "the rating", out rating))
                && (timeColumn < 0 || reader.TrySeconds(timeColumn, "the timestamp", out time)))
            {
                yield return EventRow(
                    reader.Path,
                    reader.Line,
                    ratingColumn < 0 ? "view" : "rating",
                    reader.Fields[user],
                    reader.Fields[item],
                    time,
                    ratingColumn < 0 ? null : rating);
            }
        }
    }

    /// <summary>One file: its columns and what becomes of them.</summary>
    private sealed class Table
    {
        private readonly string[] _names;
        private readonly Role[] _roles;

        private Table(string path, string[] names, Role[] roles) => (Path, _names, _roles) = (path, names, roles);

        public string Path { get; }

        public static async Task<Table> OpenAsync(string path, string idName, CancellationToken cancellationToken)
        {
            await using var reader = new DelimitedRecordReader(path, "\t", null, new DatasetReadContext { IsStrict = true });
            var header = await reader.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
            var names = new string[header.Length];
            var roles = new Role[header.Length];
            for (var i = 0; i < header.Length; i++)
            {
                var colon = header[i].LastIndexOf(':');
                var type = header[i][(colon + 1)..];
                if (colon < 1 || type is not ("token" or "token_seq" or "float" or "float_seq"))
                {
                    throw new DatasetFormatException(
                        path, reader.Line, $"columns named name:token, name:token_seq, name:float or name:float_seq were expected; found '{RecordReader.Shorten(header[i])}'");
                }

                names[i] = header[i][..colon];
                if (names.AsSpan(0, i).Contains(names[i]))
                {
                    throw new DatasetFormatException(path, reader.Line, $"the column '{names[i]}' stands in the header twice");
                }

                var role = RoleOf(names[i], type, idName);
                roles[i] = role is Role.Title or Role.Tags && roles.AsSpan(0, i).Contains(role) ? Role.Text : role;
            }

            var table = new Table(path, names, roles);
            table.Require(idName);
            return table;
        }

        public int Find(string name) => Array.IndexOf(_names, name);

        public int Require(string name) => Find(name) is >= 0 and var column
            ? column
            : throw new DatasetFormatException(Path, 1, $"a column named {name} was expected; found {string.Join(", ", _names)}");

        public int? Column(Role role) => Array.IndexOf(_roles, role) is >= 0 and var column ? column : null;

        public string? Text(RecordReader reader, Role role) =>
            Column(role) is { } column && reader.Fields[column].Length > 0 ? reader.Fields[column] : null;

        public async ValueTask<RecordReader> ReadAsync(DatasetReadContext context, CancellationToken cancellationToken)
        {
            var reader = new DelimitedRecordReader(Path, "\t", _names.Length, context);
            await reader.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
            return reader;
        }

        public AttributeDefinition[] Attributes() =>
        [
            .. Enumerable.Range(0, _names.Length).Where(i => _roles[i] >= Role.Numeric).Select(i => new AttributeDefinition
            {
                Name = _names[i],
                Type = _roles[i] switch
                {
                    Role.Text => AttributeType.Text,
                    Role.Categorical => AttributeType.Categorical,
                    _ => AttributeType.Numeric,
                },

                // A postal code has nearly as many values as there are users: nothing to learn, but something to filter on.
                IsFeature = _roles[i] != Role.Text && _names[i] != "zip_code",
                IsFilterable = _roles[i] != Role.Text,
            }),
        ];

        public bool TryAttributes(RecordReader reader, out Dictionary<string, AttributeValue> attributes)
        {
            attributes = new(StringComparer.Ordinal);
            for (var i = 0; i < _names.Length; i++)
            {
                if (_roles[i] < Role.Numeric || reader.Fields[i].Length == 0)
                {
                    continue;
                }

                if (_roles[i] is Role.Categorical or Role.Text)
                {
                    attributes[_names[i]] = AttributeValue.Of(reader.Fields[i]);
                }
                else if (_roles[i] == Role.NumericToken)
                {
                    if (double.TryParse(reader.Fields[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var token) && double.IsFinite(token))
                    {
                        attributes[_names[i]] = AttributeValue.Of(token);
                    }
                }
                else if (reader.TryNumber(i, _names[i], out var number))
                {
                    attributes[_names[i]] = AttributeValue.Of(number);
                }
                else
                {
                    return false;
                }
            }

            return true;
        }

        private static Role RoleOf(string name, string type, string idName) => type switch
        {
            "float_seq" => Role.Ignored,
            _ when name == idName => Role.Id,
            "float" => idName == "item_id" && name == "price" ? Role.Price : Role.Numeric,
            _ when idName == "item_id" && TitleNames.Contains(name) => Role.Title,
            "token_seq" => idName == "item_id" && TagNames.Contains(name) ? Role.Tags : Role.Text,
            _ => NumericTokens.Contains(name) ? Role.NumericToken : Role.Categorical,
        };
    }
}
