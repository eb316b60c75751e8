using System.Text.Json.Serialization;
using Siskin.Data.Catalogue;

namespace Siskin.Storage.Catalogue;

/// <summary>A user as it stands in JSON: no id (the row has it), nothing that is absent.</summary>
internal sealed class StoredUser
{
    [JsonPropertyName("attributes")]
    [JsonConverter(typeof(AttributesConverter))]
    public IReadOnlyDictionary<string, AttributeValue>? Attributes { get; set; }

    [JsonPropertyName("friends")]
    public IReadOnlyList<string>? Friends { get; set; }
}
