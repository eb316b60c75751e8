using System.Text.Json.Serialization;
using Siskin.Data.Catalogue;

namespace Siskin.Storage.Catalogue;

/// <summary>An item as it stands in JSON: short names, no id (the row has it), nothing that is absent.</summary>
internal sealed class StoredItem
{
    [JsonPropertyName("title")]
    public string? Title { get; set; }

    [JsonPropertyName("tags")]
    public IReadOnlyList<string>? Tags { get; set; }

    [JsonPropertyName("attributes")]
    [JsonConverter(typeof(AttributesConverter))]
    public IReadOnlyDictionary<string, AttributeValue>? Attributes { get; set; }

    /// <summary>Little-endian floats; base64 in JSON.</summary>
    [JsonPropertyName("vector")]
    public byte[]? Vector { get; set; }

    [JsonPropertyName("latitude")]
    public double? Latitude { get; set; }

    [JsonPropertyName("longitude")]
    public double? Longitude { get; set; }

    [JsonPropertyName("price")]
    public double? Price { get; set; }

    [JsonPropertyName("createdAt")]
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>False when unavailable; absent otherwise.</summary>
    [JsonPropertyName("available")]
    public bool? Available { get; set; }
}
