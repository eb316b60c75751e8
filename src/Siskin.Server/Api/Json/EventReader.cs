using System.Text;
using System.Text.Json;
using Siskin.Data.Catalogue;
using Siskin.Data.Events;

namespace Siskin.Server.Api.Json;

/// <summary>Reads events and checks them.</summary>
/// <param name="schema">Declares the types.</param>
/// <param name="now">The time of events that have none.</param>
internal sealed class EventReader(CatalogueSchema schema, DateTimeOffset now)
{
    private readonly byte[][] _types = [.. schema.EventTypes.Select(t => Encoding.UTF8.GetBytes(t.Name))];

    /// <summary>The properties of an event.</summary>
    public static JsonForm Form { get; } = new("an event", "id", "type", "user", "item", "value", "time", "request", "scene");

    /// <summary>Reads and checks one event.</summary>
    public Event Read(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors)
    {
        string? id = null, type = null, user = null, item = null, request = null, scene = null;
        double? value = null;
        DateTimeOffset? time = null;
        var seen = 0u;
        for (var property = 0; property != JsonForm.End;)
        {
            property = Form.Next(ref reader, ref seen, path, errors);
            switch (property)
            {
                case 0:
                    id = JsonFields.Text(ref reader, path, "id", errors);
                    break;
                case 1:
                    type = Type(ref reader, path, errors);
                    break;
                case 2:
                    user = JsonFields.Text(ref reader, path, "user", errors);
                    break;
                case 3:
                    item = JsonFields.Text(ref reader, path, "item", errors);
                    break;
                case 4:
                    value = JsonFields.Number(ref reader, path, "value", errors);
                    break;
                case 5:
                    time = JsonTime.Read(ref reader, path, "time", errors);
                    break;
                case 6:
                    request = JsonFields.Text(ref reader, path, "request", errors);
                    break;
                case 7:
                    scene = JsonFields.Text(ref reader, path, "scene", errors);
                    break;
            }
        }

        var e = new Event
        {
            Id = id ?? Guid.CreateVersion7(now).ToString("N"),
            Type = type ?? string.Empty,
            User = user ?? string.Empty,
            Item = item ?? string.Empty,
            Value = value,
            Time = time ?? now,
            Request = request,
            Scene = scene,
        };

        EventValidator.Check(e, schema, path.Prefix, errors);
        return e;
    }

    private string? Type(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            for (var i = 0; i < _types.Length; i++)
            {
                if (reader.ValueTextEquals(_types[i]))
                {
                    return schema.EventTypes[i].Name;
                }
            }
        }

        return JsonFields.Text(ref reader, path, "type", errors);
    }
}
