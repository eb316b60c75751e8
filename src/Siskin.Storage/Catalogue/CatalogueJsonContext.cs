using System.Text.Json.Serialization;

namespace Siskin.Storage.Catalogue;

/// <summary>Source-generated JSON of what a catalogue stores.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoredItem))]
[JsonSerializable(typeof(StoredUser))]
[JsonSerializable(typeof(StoredSchema))]
internal sealed partial class CatalogueJsonContext : JsonSerializerContext;
