using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Siskin.Vectors;

namespace Siskin.Inference.Registry;

/// <summary>The JSON files beside models: camel case, unknown names refused, what is left out keeps its default.</summary>
internal static class ModelJson
{
    // By reflection: generated readers forget the defaults of what a file leaves out.
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>A value as a text.</summary>
    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>Reads a text.</summary>
    /// <exception cref="JsonException">It is not of the form expected.</exception>
    public static T Parse<T>(string text)
        where T : class => JsonSerializer.Deserialize<T>(text, Options) ?? throw new JsonException("is null, expected an object");

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelFormatException">It is missing or not of the form expected.</exception>
    public static T Read<T>(string path)
        where T : class
    {
        try
        {
            return Parse<T>(File.ReadAllText(path));
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(path, -1, $"is not the JSON expected: {e.Message}");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFormatException(path, -1, "the file is missing");
        }
    }

    /// <summary>Writes a file, durably.</summary>
    public static void Write<T>(string path, T value)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
        JsonSerializer.Serialize(stream, value, Options);
        stream.Flush(flushToDisk: true);
    }
}
