using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Siskin.Serving.Pipeline;

namespace Siskin.Server.Api.Json;

/// <summary>Generated serialisation of answers: camelCase, absent members left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(CamelCase<DegradationReason>), typeof(CamelCase<ChannelOutcome>)])]
[JsonSerializable(typeof(RecommendationResponse))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(EventsStored))]
[JsonSerializable(typeof(EntitiesStored))]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>The context that answers use; letters of any script stay readable.</summary>
    public static ApiJson Answers => Readable.Context;

    // A class of its own, so that it is made after the generated default that it copies.
    private static class Readable
    {
        internal static readonly ApiJson Context =
            new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    internal sealed class CamelCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
        where T : struct, Enum;
}

/// <summary>Answer to events that were stored.</summary>
internal sealed record EventsStored(int Accepted, int Duplicates, IReadOnlyList<string>? UnknownItems);

/// <summary>Answer to items or users that were stored.</summary>
internal sealed record EntitiesStored(int Stored);

/// <summary>Answer of the health endpoints.</summary>
internal sealed record HealthReport(string Status, int? Release, string? Detail);
