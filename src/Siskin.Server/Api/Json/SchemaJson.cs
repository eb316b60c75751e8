using System.Text.Json;
using Siskin.Data.Catalogue;
using Siskin.Data.Events;

namespace Siskin.Server.Api.Json;

/// <summary>The catalogue's schema as JSON, both ways.</summary>
internal static class SchemaJson
{
    private const int MaxListLength = 1_000;

    private static readonly JsonForm AttributeForm = new("an attribute", "name", "type", "isFeature", "isFilterable");
    private static readonly JsonForm EventTypeForm = new("an event type", "name", "weight", "isConsumption", "likedFrom");

    /// <summary>The properties of a schema.</summary>
    public static JsonForm Form { get; } = new("a schema", "itemAttributes", "userAttributes", "eventTypes", "vectorDimension");

    /// <summary>Reads a schema without checking it; event types that are left out are the common ones.</summary>
    public static CatalogueSchema Read(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors)
    {
        var schema = CatalogueSchema.Default;
        var seen = 0u;
        for (var property = 0; property != JsonForm.End;)
        {
            property = Form.Next(ref reader, ref seen, path, errors);
            switch (property)
            {
                case 0:
                    schema = schema with { ItemAttributes = List(ref reader, path, "itemAttributes", errors, ReadAttribute) ?? [] };
                    break;
                case 1:
                    schema = schema with { UserAttributes = List(ref reader, path, "userAttributes", errors, ReadAttribute) ?? [] };
                    break;
                case 2:
                    schema = schema with { EventTypes = List(ref reader, path, "eventTypes", errors, ReadEventType) ?? EventTypeDefinition.Common };
                    break;
                case 3:
                    schema = schema with { VectorDimension = JsonFields.Integer(ref reader, path, "vectorDimension", errors) };
                    break;
            }
        }

        return schema;
    }

    /// <summary>Writes a schema.</summary>
    public static void Write(Utf8JsonWriter writer, CatalogueSchema schema)
    {
        writer.WriteStartObject();
        WriteAttributes(writer, "itemAttributes", schema.ItemAttributes);
        WriteAttributes(writer, "userAttributes", schema.UserAttributes);
        writer.WriteStartArray("eventTypes");
        foreach (var type in schema.EventTypes)
        {
            writer.WriteStartObject();
            writer.WriteString("name", type.Name);
            writer.WriteNumber("weight", type.Weight);
            writer.WriteBoolean("isConsumption", type.IsConsumption);
            if (type.LikedFrom is { } threshold)
            {
                writer.WriteNumber("likedFrom", threshold);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (schema.VectorDimension is { } dimension)
        {
            writer.WriteNumber("vectorDimension", dimension);
        }

        writer.WriteEndObject();
    }

    private static void WriteAttributes(Utf8JsonWriter writer, string name, IReadOnlyList<AttributeDefinition> attributes)
    {
        writer.WriteStartArray(name);
        foreach (var attribute in attributes)
        {
            writer.WriteStartObject();
            writer.WriteString("name", attribute.Name);
            writer.WriteString("type", JsonNamingPolicy.CamelCase.ConvertName(attribute.Type.ToString()));
            writer.WriteBoolean("isFeature", attribute.IsFeature);
            writer.WriteBoolean("isFilterable", attribute.IsFilterable);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static IReadOnlyList<T>? List<T>(
        ref Utf8JsonReader reader, FieldPath path, string name, FieldErrors errors, ElementReader<T> read)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            JsonFields.Refuse(ref reader, path, name, "must be a list of objects", errors);
            return null;
        }

        var values = new List<T>();
        var list = path.Of(name);
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var element = new FieldPath(list, count++);
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                errors.Add(element.Self, "must be an object");
                reader.Skip();
            }
            else if (count > MaxListLength)
            {
                errors.Add(list, $"has more than {MaxListLength:N0} entries");
                reader.Skip();
            }
            else
            {
                values.Add(read(ref reader, element, errors));
            }
        }

        return values;
    }

    private static AttributeDefinition ReadAttribute(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors)
    {
        var attribute = new AttributeDefinition { Name = string.Empty, Type = AttributeType.Categorical };
        var hasType = false;
        var seen = 0u;
        for (var property = 0; property != JsonForm.End;)
        {
            property = AttributeForm.Next(ref reader, ref seen, path, errors);
            switch (property)
            {
                case 0:
                    attribute = attribute with { Name = JsonFields.Text(ref reader, path, "name", errors) ?? string.Empty };
                    break;
                case 1:
                    if (JsonFields.Text(ref reader, path, "type", errors) is { } text)
                    {
                        hasType = true;
                        switch (text)
                        {
                            case "numeric":
                                attribute = attribute with { Type = AttributeType.Numeric };
                                break;
                            case "categorical":
                                break;
                            case "text":
                                attribute = attribute with { Type = AttributeType.Text };
                                break;
                            default:
                                errors.Add(path.Of("type"), $"is '{FieldErrors.Shorten(text, 40)}'; numeric, categorical or text is allowed");
                                break;
                        }
                    }

                    break;
                case 2:
                    attribute = attribute with { IsFeature = JsonFields.Boolean(ref reader, path, "isFeature", errors) ?? false };
                    break;
                case 3:
                    attribute = attribute with { IsFilterable = JsonFields.Boolean(ref reader, path, "isFilterable", errors) ?? false };
                    break;
            }
        }

        if (!hasType)
        {
            errors.Add(path.Of("type"), "is required; numeric, categorical or text is allowed");
        }

        return attribute;
    }

    private static EventTypeDefinition ReadEventType(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors)
    {
        var type = new EventTypeDefinition { Name = string.Empty };
        var seen = 0u;
        for (var property = 0; property != JsonForm.End;)
        {
            property = EventTypeForm.Next(ref reader, ref seen, path, errors);
            switch (property)
            {
                case 0:
                    type = type with { Name = JsonFields.Text(ref reader, path, "name", errors) ?? string.Empty };
                    break;
                case 1:
                    type = type with { Weight = JsonFields.Number(ref reader, path, "weight", errors) ?? 1 };
                    break;
                case 2:
                    type = type with { IsConsumption = JsonFields.Boolean(ref reader, path, "isConsumption", errors) ?? true };
                    break;
                case 3:
                    type = type with { LikedFrom = JsonFields.Number(ref reader, path, "likedFrom", errors) };
                    break;
            }
        }

        return type;
    }
}
