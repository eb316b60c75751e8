using System.Text.Json.Serialization;

namespace Siskin.Inference.Native;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, WriteIndented = true)]
[JsonSerializable(typeof(GraphDescription))]
internal sealed partial class GraphJson : JsonSerializerContext;
