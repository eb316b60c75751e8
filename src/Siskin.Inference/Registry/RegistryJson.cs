using System.Text.Json.Serialization;

namespace Siskin.Inference.Registry;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(ModelDescription))]
[JsonSerializable(typeof(ModelRecord))]
internal sealed partial class RegistryJson : JsonSerializerContext;
