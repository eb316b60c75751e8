using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using Siskin.Data.Catalogue;

namespace Siskin.Storage.Catalogue;

/// <summary>The compact JSON in which databases hold items, users and the schema.</summary>
/// <remarks>
/// UTF-8. Absent properties are left out, ids are not repeated, attributes are numbers or strings, a vector is the base64
/// of its little-endian floats. Unknown properties are ignored, so that a newer program's rows can be read.
/// </remarks>
internal static class CatalogueJson
{
    private static readonly CatalogueJsonContext Context = new(new JsonSerializerOptions(CatalogueJsonContext.Default.Options)
    {
        // Never shown in HTML as it stands: letters beyond ASCII need no escapes.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>The JSON of an item.</summary>
    public static byte[] Write(Item item) => JsonSerializer.SerializeToUtf8Bytes(
        new StoredItem
        {
            Title = item.Title,
            Tags = item.Tags.Count == 0 ? null : item.Tags,
            Attributes = item.Attributes.Count == 0 ? null : item.Attributes,
            Vector = item.Vector is { } vector ? ToBytes(vector.Span) : null,
            Latitude = item.Place?.Latitude,
            Longitude = item.Place?.Longitude,
            Price = item.Price,
            CreatedAt = item.CreatedAt,
            Available = item.IsAvailable ? null : false,
        },
        Context.StoredItem);

    /// <summary>The JSON of a user.</summary>
    public static byte[] Write(User user) => JsonSerializer.SerializeToUtf8Bytes(
        new StoredUser
        {
            Attributes = user.Attributes.Count == 0 ? null : user.Attributes,
            Friends = user.Friends.Count == 0 ? null : user.Friends,
        },
        Context.StoredUser);

    /// <summary>The JSON of a schema.</summary>
    public static string Write(CatalogueSchema schema) => JsonSerializer.Serialize(StoredSchema.Of(schema), Context.StoredSchema);

    /// <summary>The item of a row.</summary>
    /// <exception cref="JsonException">Not the JSON of an item.</exception>
    public static Item ReadItem(string id, ReadOnlySpan<byte> json)
    {
        var stored = JsonSerializer.Deserialize(json, Context.StoredItem) ?? throw new JsonException("The item is null.");
        return new()
        {
            Id = id,
            Title = stored.Title,
            Tags = stored.Tags ?? [],
            Attributes = stored.Attributes ?? AttributeValue.None,
            Vector = stored.Vector is { } bytes ? ToFloats(bytes) : default(ReadOnlyMemory<float>?),
            Place = stored is { Latitude: { } latitude, Longitude: { } longitude } ? new GeoPoint(latitude, longitude) : null,
            Price = stored.Price,
            CreatedAt = stored.CreatedAt,
            IsAvailable = stored.Available ?? true,
        };
    }

    /// <summary>The user of a row.</summary>
    /// <exception cref="JsonException">Not the JSON of a user.</exception>
    public static User ReadUser(string id, ReadOnlySpan<byte> json)
    {
        var stored = JsonSerializer.Deserialize(json, Context.StoredUser) ?? throw new JsonException("The user is null.");
        return new() { Id = id, Attributes = stored.Attributes ?? AttributeValue.None, Friends = stored.Friends ?? [] };
    }

    /// <summary>A stored schema.</summary>
    /// <exception cref="JsonException">Not the JSON of a schema.</exception>
    public static CatalogueSchema ReadSchema(string json) =>
        (JsonSerializer.Deserialize(json, Context.StoredSchema) ?? throw new JsonException("The schema is null.")).ToSchema();

    private static byte[] ToBytes(ReadOnlySpan<float> vector)
    {
        var bytes = new byte[vector.Length * sizeof(float)];
        for (var i = 0; i < vector.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
        }

        return bytes;
    }

    private static ReadOnlyMemory<float> ToFloats(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % sizeof(float) != 0)
        {
            throw new JsonException($"A vector of {bytes.Length} bytes is not a whole number of floats.");
        }

        var vector = new float[bytes.Length / sizeof(float)];
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
        }

        return vector;
    }
}
