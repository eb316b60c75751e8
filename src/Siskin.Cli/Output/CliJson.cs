using System.Text.Json;
using System.Text.Json.Serialization;
using Siskin.Cli.Homes;
using Siskin.Data.Catalogue;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Releases;

namespace Siskin.Cli.Output;

/// <summary>Source-generated JSON of everything that the program reads and prints.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters = [typeof(CamelCase<AttributeType>), typeof(CamelCase<ChannelOutcome>), typeof(CamelCase<DegradationReason>)])]
[JsonSerializable(typeof(HomeDescription))]
[JsonSerializable(typeof(SchemaDocument))]
[JsonSerializable(typeof(EvaluationDocument))]
[JsonSerializable(typeof(ReleaseManifest))]
[JsonSerializable(typeof(RecommendationResponse))]
internal sealed partial class CliJson : JsonSerializerContext
{
    private sealed class CamelCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
        where T : struct, Enum;
}
