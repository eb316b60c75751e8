using System.Text.Json.Serialization;

namespace Siskin.Inference.Precomputed;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, WriteIndented = true)]
[JsonSerializable(typeof(LightModel))]
internal sealed partial class PrecomputedJson : JsonSerializerContext;
