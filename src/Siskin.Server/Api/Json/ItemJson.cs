using System.Text.Json;
using Siskin.Data.Catalogue;

namespace Siskin.Server.Api.Json;

/// <summary>Items as JSON, both ways.</summary>
internal static class ItemJson
{
    private static readonly JsonForm PlaceForm = new("a place", "latitude", "longitude");

    /// <summary>The properties of an item.</summary>
    public static JsonForm Form { get; } =
        new("an item", "id", "title", "tags", "attributes", "vector", "place", "price", "createdAt", "isAvailable");

    /// <summary>Reads an item without checking it against a schema.</summary>
    public static Item Read(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors)
    {
        var item = new Item { Id = string.Empty };
        var seen = 0u;
        for (var property = 0; property != JsonForm.End;)
        {
            property = Form.Next(ref reader, ref seen, path, errors);
            switch (property)
            {
                case 0:
                    item = item with { Id = JsonFields.Text(ref reader, path, "id", errors) ?? string.Empty };
                    break;
                case 1:
                    item = item with { Title = JsonFields.Text(ref reader, path, "title", errors) };
                    break;
                case 2:
                    item = item with { Tags = Distinct(JsonFields.TextList(ref reader, path, "tags", CatalogueValidator.MaxListLength, errors)) };
                    break;
                case 3:
                    item = item with { Attributes = JsonFields.Attributes(ref reader, path, "attributes", errors) ?? AttributeValue.None };
                    break;
                case 4:
                    if (JsonFields.Vector(ref reader, path, "vector", CatalogueValidator.MaxVectorDimension, errors) is { } vector)
                    {
                        item = item with { Vector = vector };
                    }

                    break;
                case 5:
                    item = item with { Place = ReadPlace(ref reader, path, errors) };
                    break;
                case 6:
                    item = item with { Price = JsonFields.Number(ref reader, path, "price", errors) };
                    break;
                case 7:
                    item = item with { CreatedAt = JsonTime.Read(ref reader, path, "createdAt", errors) };
                    break;
                case 8:
                    item = item with { IsAvailable = JsonFields.Boolean(ref reader, path, "isAvailable", errors) ?? true };
                    break;
            }
        }

        return item;
    }

    /// <summary>Writes an item; what is absent is left out.</summary>
    public static void Write(Utf8JsonWriter writer, Item item)
    {
        writer.WriteStartObject();
        writer.WriteString("id", item.Id);
        if (item.Title is not null)
        {
            writer.WriteString("title", item.Title);
        }

        JsonWrite.TextList(writer, "tags", item.Tags);
        JsonWrite.Attributes(writer, item.Attributes);
        if (item.Vector is { } vector)
        {
            writer.WriteStartArray("vector");
            foreach (var value in vector.Span)
            {
                writer.WriteNumberValue(value);
            }

            writer.WriteEndArray();
        }

        if (item.Place is { } place)
        {
            writer.WriteStartObject("place");
            writer.WriteNumber("latitude", place.Latitude);
            writer.WriteNumber("longitude", place.Longitude);
            writer.WriteEndObject();
        }

        if (item.Price is { } price)
        {
            writer.WriteNumber("price", price);
        }

        if (item.CreatedAt is { } created)
        {
            writer.WriteString("createdAt", created);
        }

        writer.WriteBoolean("isAvailable", item.IsAvailable);
        writer.WriteEndObject();
    }

    private static GeoPoint? ReadPlace(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            JsonFields.Refuse(ref reader, path, "place", "must be an object with latitude and longitude", errors);
            return null;
        }

        var below = path.Into("place");
        double? latitude = null, longitude = null;
        var seen = 0u;
        for (var property = 0; property != JsonForm.End;)
        {
            property = PlaceForm.Next(ref reader, ref seen, below, errors);
            switch (property)
            {
                case 0:
                    latitude = JsonFields.Number(ref reader, below, "latitude", errors);
                    break;
                case 1:
                    longitude = JsonFields.Number(ref reader, below, "longitude", errors);
                    break;
            }
        }

        if (latitude is null)
        {
            errors.Add(below.Of("latitude"), "is required");
        }

        if (longitude is null)
        {
            errors.Add(below.Of("longitude"), "is required");
        }

        return new GeoPoint(latitude ?? 0, longitude ?? 0);
    }

    // Tags are a set in the order given.
    private static IReadOnlyList<string> Distinct(IReadOnlyList<string>? tags) =>
        tags is null ? [] : tags.Count < 2 ? tags : [.. tags.Distinct(StringComparer.Ordinal)];
}
