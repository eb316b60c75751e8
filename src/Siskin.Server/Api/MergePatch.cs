using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Siskin.Server.Api.Json;

namespace Siskin.Server.Api;

/// <summary>JSON merge patch (RFC 7396).</summary>
internal static class MergePatch
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>Reads a patch.</summary>
    /// <exception cref="ProblemException">The text is not a JSON object, or it repeats a property.</exception>
    public static JsonDocument Parse(ReadOnlySpan<byte> body)
    {
        JsonDocument patch;
        try
        {
            patch = JsonDocument.Parse(JsonBody.Prepare(body).ToArray(), Options);
        }
        catch (JsonException e)
        {
            throw JsonBody.Malformed(e);
        }

        if (patch.RootElement.ValueKind == JsonValueKind.Object)
        {
            return patch;
        }

        patch.Dispose();
        throw new ProblemException(Problem.Invalid(string.Empty, "must be an object"));
    }

    /// <summary>The patched form of a value, as JSON.</summary>
    /// <param name="write">Writes the present form.</param>
    /// <param name="patch">An object.</param>
    public static ReadOnlySpan<byte> Apply(Action<Utf8JsonWriter> write, JsonElement patch)
    {
        var present = new ArrayBufferWriter<byte>();
        using (var writer = JsonWrite.To(present))
        {
            write(writer);
        }

        var target = JsonNode.Parse(present.WrittenSpan)!.AsObject();
        Merge(target, patch);
        var merged = new ArrayBufferWriter<byte>();
        using (var writer = JsonWrite.To(merged))
        {
            target.WriteTo(writer);
        }

        return merged.WrittenSpan;
    }

    private static void Merge(JsonObject target, JsonElement patch)
    {
        foreach (var property in patch.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Null)
            {
                target.Remove(property.Name);
            }
            else if (property.Value.ValueKind == JsonValueKind.Object)
            {
                if (target[property.Name] is not JsonObject below)
                {
                    target[property.Name] = below = [];
                }

                Merge(below, property.Value);
            }
            else
            {
                target[property.Name] = JsonNode.Parse(property.Value.GetRawText());
            }
        }
    }
}
