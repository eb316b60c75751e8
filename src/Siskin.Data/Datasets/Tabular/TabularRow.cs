using System.Globalization;
using System.Text.Json;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets.Files;
using Siskin.Data.Events;

namespace Siskin.Data.Datasets.Tabular;

/// <summary>Turns the present record of a reader into an item, a user or an event.</summary>
/// <remarks>The first column that cannot be read is told by <see cref="Error"/>; the value returned is then of no use.</remarks>
internal sealed class TabularRow
{
    private static readonly char[] VectorSeparators = [' ', ';', ','];

    private readonly RecordReader _reader;
    private readonly TabularOptions _options;
    private readonly Dictionary<string, (int Column, string? Constant)> _sources = new(StringComparer.Ordinal);
    private readonly (AttributeDefinition Definition, string Field)[] _attributes;
    private readonly TimeColumn _time;
    private readonly string _defaultType;

    public TabularRow(
        RecordReader reader, ColumnMapping mapping, IReadOnlyDictionary<string, int> columns, TabularOptions options, DatasetReadContext context)
    {
        _reader = reader;
        _options = options;
        foreach (var field in mapping.Fields)
        {
            var (text, isConstant) = mapping.SourceOf(field)!.Value;
            _sources.Add(field, isConstant ? (-1, text) : (columns[text], null));
        }

        _attributes = [.. mapping.Attributes.Select(definition => (definition, "attr." + definition.Name))];
        _time = new TimeColumn(options.Kind == DatasetKind.Events ? "time" : "created", options.TimeFormat, context);
        _defaultType = mapping.SourceOf("value") is null ? "view" : "rating";
    }

    /// <summary>What was wrong with the last value read, or null.</summary>
    public string? Error { get; private set; }

    public Item ReadItem()
    {
        Error = null;
        return new Item
        {
            Id = Text("id") ?? string.Empty,
            Title = Text("title"),
            Tags = List("tags"),
            Price = Number("price"),
            CreatedAt = Time("created"),
            IsAvailable = Boolean("available") ?? true,
            Place = Place(),
            Vector = Vector(),
            Attributes = Attributes(),
        };
    }

    public User ReadUser()
    {
        Error = null;
        return new User { Id = Text("id") ?? string.Empty, Friends = List("friends"), Attributes = Attributes() };
    }

    public Event ReadEvent(string dataset)
    {
        Error = null;
        var user = Text("user") ?? string.Empty;
        var item = Text("item") ?? string.Empty;
        var type = Text("type") ?? _defaultType;
        type = _options.EventTypeNames.GetValueOrDefault(type, type);
        var value = Number("value");
        var time = Time("time");
        if (time is null && Error is null && _sources.ContainsKey("time"))
        {
            Error = "time is empty";
        }

        var at = time ?? DatasetTime.OfRow(_reader.Line - 1);
        return new Event
        {
            Id = Text("id") ?? DatasetEventId.Of(dataset, type, user, item, at, value, _reader.Line),
            Type = type,
            User = user,
            Item = item,
            Value = value,
            Time = at,
            Request = Text("request"),
            Scene = Text("scene"),
        };
    }

    private string? Text(string field)
    {
        if (!_sources.TryGetValue(field, out var source))
        {
            return null;
        }

        var text = source.Constant ?? _reader.Fields[source.Column];
        return text.Length == 0 ? null : text;
    }

    private double? Number(string field)
    {
        if (Text(field) is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            return number;
        }

        Fail(field, text, "a finite number");
        return null;
    }

    private bool? Boolean(string field)
    {
        if (Text(field) is not { } text)
        {
            return null;
        }

        switch (text.ToLowerInvariant())
        {
            case "true" or "1" or "yes":
                return true;
            case "false" or "0" or "no":
                return false;
            default:
                Fail(field, text, "true, false, yes, no, 1 or 0");
                return null;
        }
    }

    private DateTimeOffset? Time(string field)
    {
        if (Text(field) is not { } text)
        {
            return null;
        }

        if (_time.TryRead(text, out var time, out var error))
        {
            return time;
        }

        Error ??= error;
        return null;
    }

    private GeoPoint? Place()
    {
        var (latitude, longitude) = (Number("lat"), Number("lon"));
        if (latitude is null != longitude is null)
        {
            Error ??= "one of lat and lon is empty; both or neither are expected";
        }

        return latitude is { } north && longitude is { } east ? new GeoPoint(north, east) : null;
    }

    private string[] List(string field)
    {
        if (Text(field) is not { } text)
        {
            return [];
        }

        if (text[0] != '[')
        {
            return Unique(text.Split(_options.TagSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }

        var values = Json<string[]>(text);
        if (values is null || values.Contains(null))
        {
            Fail(field, text, "a JSON array of strings");
            return [];
        }

        return Unique(values);
    }

    private ReadOnlyMemory<float>? Vector()
    {
        if (Text("vector") is not { } text)
        {
            return null;
        }

        if (text[0] == '[')
        {
            var array = Json<float[]>(text);
            if (array is null)
            {
                Fail("vector", text, "a JSON array of numbers");
            }

            return array;
        }

        var parts = text.Split(VectorSeparators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var vector = new float[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!float.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out vector[i]))
            {
                Fail("vector", parts[i], "numbers separated by spaces or semicolons");
                return null;
            }
        }

        return vector;
    }

    private static string[] Unique(string[] values) => [.. values.Distinct(StringComparer.Ordinal)];

    private static T? Json<T>(string text)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private Dictionary<string, AttributeValue> Attributes()
    {
        var values = new Dictionary<string, AttributeValue>(_attributes.Length, StringComparer.Ordinal);
        foreach (var (definition, field) in _attributes)
        {
            if (definition.Type == AttributeType.Numeric)
            {
                if (Number(field) is { } number)
                {
                    values[definition.Name] = AttributeValue.Of(number);
                }
            }
            else if (Text(field) is { } text)
            {
                values[definition.Name] = AttributeValue.Of(text);
            }
        }

        return values;
    }

    private void Fail(string field, string text, string expected) =>
        Error ??= $"{field} is '{RecordReader.Shorten(text)}'; {expected} is expected";
}
