using System.Text.Json;
using Siskin.Serving.Scenes;

namespace Siskin.Server.Api.Json;

/// <summary>Scenes as JSON: read from configuration, written in answers.</summary>
internal static class SceneJson
{
    private const int MaxScenes = 1_000;

    private static readonly JsonForm Form = new("a scene", "name", "description", "parameters");

    /// <summary>Reads a list of scenes.</summary>
    /// <exception cref="ProblemException">The text is not JSON, or not a list of scenes.</exception>
    public static IReadOnlyList<SceneDefinition> ReadAll(ReadOnlySpan<byte> json)
    {
        var errors = new FieldErrors();
        var scenes = JsonBody.ReadMany(json, isLines: false, "scenes", MaxScenes, errors, Read);
        errors.ThrowIfAny();
        return scenes;
    }

    /// <summary>Writes all scenes and the declarations of their parameters.</summary>
    public static void Write(Utf8JsonWriter writer, SceneBook book)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("scenes");
        foreach (var scene in book.Scenes)
        {
            writer.WriteStartObject();
            writer.WriteString("name", scene.Name);
            writer.WriteString("description", scene.Description);
            WriteMap(writer, "parameters", scene.Values);
            WriteMap(writer, "changed", scene.Changed);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("parameters");
        foreach (var parameter in book.Parameters.Parameters)
        {
            WriteParameter(writer, parameter);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteParameter(Utf8JsonWriter writer, SceneParameter parameter)
    {
        writer.WriteStartObject();
        writer.WriteString("name", parameter.Name);
        writer.WriteString("kind", JsonNamingPolicy.CamelCase.ConvertName(parameter.Kind.ToString()));
        writer.WriteString("default", parameter.Default);
        if (parameter.Kind is SceneParameterKind.Integer or SceneParameterKind.Number)
        {
            writer.WriteNumber("min", parameter.Min);
            writer.WriteNumber("max", parameter.Max);
        }

        if (parameter.Choices is { } choices)
        {
            JsonWrite.TextList(writer, "choices", choices);
        }

        writer.WriteString("description", parameter.Description);
        writer.WriteEndObject();
    }

    private static SceneDefinition Read(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors)
    {
        var scene = new SceneDefinition { Name = string.Empty };
        var seen = 0u;
        for (var property = 0; property != JsonForm.End;)
        {
            property = Form.Next(ref reader, ref seen, path, errors);
            switch (property)
            {
                case 0:
                    scene = scene with { Name = JsonFields.Text(ref reader, path, "name", errors) ?? string.Empty };
                    break;
                case 1:
                    scene = scene with { Description = JsonFields.Text(ref reader, path, "description", errors) ?? string.Empty };
                    break;
                case 2:
                    scene = JsonFields.Settings(ref reader, path, "parameters", MaxScenes, errors) is { } parameters
                        ? scene with { Parameters = parameters }
                        : scene;
                    break;
            }
        }

        if (scene.Name.Length == 0)
        {
            errors.Add(path.Of("name"), "is required and must not be empty");
        }

        return scene;
    }

    private static void WriteMap(Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, string> map)
    {
        writer.WriteStartObject(name);
        foreach (var (key, value) in map)
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }
}
