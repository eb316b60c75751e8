using System.Text.Json.Serialization;
using Siskin.Data.Catalogue;
using Siskin.Data.Events;

namespace Siskin.Serving.Releases;

/// <summary>The JSON files of a release.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReleaseManifest))]
[JsonSerializable(typeof(ReleasePin))]
[JsonSerializable(typeof(ReleaseGate))]
[JsonSerializable(typeof(CatalogueSchema))]
[JsonSerializable(typeof(EventTypeDefinition))]
[JsonSerializable(typeof(StoredBlend))]
[JsonSerializable(typeof(Rank.RankerDescription))]
internal sealed partial class ReleaseJson : JsonSerializerContext;
