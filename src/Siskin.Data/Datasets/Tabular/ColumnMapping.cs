using Siskin.Data.Catalogue;

namespace Siskin.Data.Datasets.Tabular;

/// <summary>Says which column of a table, or which constant, each field of an item, user or event comes from.</summary>
/// <remarks>
/// <para>
/// Written as <c>field=column</c> or <c>field==constant</c>, separated by commas:
/// <c>user=visitorid,item=itemid,time=timestamp,type==view</c>. A column is named as in the header (or as the JSON
/// property); in files without a header it is a number from 1. Names with commas cannot be mapped.
/// </para>
/// <para>
/// Fields of items: <c>id</c>, <c>title</c>, <c>tags</c>, <c>price</c>, <c>created</c>, <c>available</c>, <c>lat</c>,
/// <c>lon</c>, <c>vector</c>; of users: <c>id</c>, <c>friends</c>; of both: <c>attr.name</c>, with a type where it is not
/// categorical, as in <c>attr.length:numeric=minutes</c>; of events: <c>user</c>, <c>item</c>, <c>type</c>, <c>value</c>,
/// <c>time</c>, <c>id</c>, <c>request</c>, <c>scene</c>.
/// </para>
/// </remarks>
public sealed class ColumnMapping
{
    private const string AttributePrefix = "attr.";

    private readonly Dictionary<string, (string Text, bool IsConstant)> _sources;

    private ColumnMapping(Dictionary<string, (string Text, bool IsConstant)> sources, IReadOnlyList<AttributeDefinition> attributes)
    {
        _sources = sources;
        Attributes = attributes;
    }

    /// <summary>The attributes that are mapped, all of them features, and filterable unless they are text.</summary>
    public IReadOnlyList<AttributeDefinition> Attributes { get; }

    /// <summary>Fields that are mapped, attributes as <c>attr.name</c>; in the order given.</summary>
    internal IEnumerable<string> Fields => _sources.Keys;

    /// <summary>Reads a mapping.</summary>
    /// <param name="text">As described above; blanks around names do not count.</param>
    /// <param name="kind">What the rows are, which decides the fields allowed.</param>
    /// <exception cref="ArgumentException">The text is not a mapping; the message names every mistake.</exception>
    public static ColumnMapping Parse(string text, DatasetKind kind)
    {
        ArgumentNullException.ThrowIfNull(text);
        var sources = new Dictionary<string, (string, bool)>(StringComparer.Ordinal);
        var attributes = new List<AttributeDefinition>();
        var errors = new List<string>();
        foreach (var entry in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = entry.IndexOf('=');
            var isConstant = equals >= 0 && equals + 1 < entry.Length && entry[equals + 1] == '=';
            var field = equals < 0 ? entry : entry[..equals].Trim();
            var source = equals < 0 ? string.Empty : entry[(equals + (isConstant ? 2 : 1))..].Trim();
            if (source.Length == 0)
            {
                errors.Add($"'{entry}' is not of the form field=column or field==constant");
            }
            else if (field.StartsWith(AttributePrefix, StringComparison.Ordinal) && kind != DatasetKind.Events)
            {
                AddAttribute(field, (source, isConstant), sources, attributes, errors);
            }
            else if (!Allowed(kind).Contains(field))
            {
                errors.Add($"'{field}' is no field of {kind.ToString().ToLowerInvariant()} ({string.Join(", ", Allowed(kind))})");
            }
            else if (!sources.TryAdd(field, (source, isConstant)))
            {
                errors.Add($"'{field}' is mapped twice");
            }
        }

        foreach (var field in Required(kind).Where(field => errors.Count == 0 && !sources.ContainsKey(field)))
        {
            errors.Add($"'{field}' is required and not mapped");
        }

        return errors.Count == 0
            ? new ColumnMapping(sources, attributes)
            : throw new ArgumentException("The column mapping is wrong: " + string.Join("; ", errors) + ".", nameof(text));
    }

    /// <summary>Maps each field to the column of its own name, as far as there are such columns.</summary>
    internal static ColumnMapping OfColumns(IEnumerable<string> columns, DatasetKind kind) =>
        Parse(string.Join(',', columns.Where(Allowed(kind).Contains).Select(field => $"{field}={field}")), kind);

    /// <summary>All fields of a kind but attributes.</summary>
    internal static string[] Allowed(DatasetKind kind) => kind switch
    {
        DatasetKind.Items => ["id", "title", "tags", "price", "created", "available", "lat", "lon", "vector"],
        DatasetKind.Users => ["id", "friends"],
        _ => ["user", "item", "type", "value", "time", "id", "request", "scene"],
    };

    /// <summary>Where a field comes from, or null when it is not mapped.</summary>
    internal (string Text, bool IsConstant)? SourceOf(string field) =>
        _sources.TryGetValue(field, out var source) ? source : null;

    private static string[] Required(DatasetKind kind) => kind == DatasetKind.Events ? ["user", "item"] : ["id"];

    private static void AddAttribute(
        string field,
        (string Text, bool IsConstant) source,
        Dictionary<string, (string, bool)> sources,
        List<AttributeDefinition> attributes,
        List<string> errors)
    {
        var colon = field.LastIndexOf(':');
        var name = colon < 0 ? field[AttributePrefix.Length..] : field[AttributePrefix.Length..colon];
        var type = colon < 0 ? "categorical" : field[(colon + 1)..];
        if (!Enum.TryParse<AttributeType>(type, ignoreCase: true, out var parsed) || !Enum.IsDefined(parsed) || char.IsAsciiDigit(type[0]))
        {
            errors.Add($"'{type}' is no type of attribute (numeric, categorical, text)");
        }
        else if (name.Length == 0)
        {
            errors.Add($"'{field}' names no attribute");
        }
        else if (!sources.TryAdd(AttributePrefix + name, source))
        {
            errors.Add($"'{AttributePrefix}{name}' is mapped twice");
        }
        else
        {
            attributes.Add(new() { Name = name, Type = parsed, IsFeature = true, IsFilterable = parsed != AttributeType.Text });
        }
    }
}
