using System.Text.Json;
using System.Text.Json.Serialization;
using Siskin.Cli.Homes;
using Siskin.Data.Catalogue;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Releases;
using Siskin.Vectors;
using Siskin.Vectors.Advice;

namespace Siskin.Cli.Output;

/// <summary>Source-generated JSON of everything that the program reads and prints.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters = [typeof(CamelCase<AttributeType>), typeof(CamelCase<ChannelOutcome>), typeof(CamelCase<DegradationReason>), typeof(CamelCase<GrowthLaw>), typeof(CamelCase<LatencyMeasure>), typeof(CamelCase<VectorMetric>)])]
[JsonSerializable(typeof(RegisteredModel[]))]
[JsonSerializable(typeof(HomeDescription))]
[JsonSerializable(typeof(SchemaDocument))]
[JsonSerializable(typeof(EvaluationDocument))]
[JsonSerializable(typeof(ReleaseManifest))]
[JsonSerializable(typeof(RecommendationResponse))]
[JsonSerializable(typeof(IndexBenchDocument))]
[JsonSerializable(typeof(IndexSearchDocument))]
[JsonSerializable(typeof(IndexAdvice))]
[JsonSerializable(typeof(ExperimentDocument))]
[JsonSerializable(typeof(ExperimentDocument[]))]
[JsonSerializable(typeof(ModelDocument[]))]
[JsonSerializable(typeof(ReleaseDocument[]))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(bool))]
internal sealed partial class CliJson : JsonSerializerContext
{
    private sealed class CamelCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
        where T : struct, Enum;
}
