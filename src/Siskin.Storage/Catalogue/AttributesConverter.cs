using System.Text.Json;
using System.Text.Json.Serialization;
using Siskin.Data.Catalogue;

namespace Siskin.Storage.Catalogue;

/// <summary>Attributes as a JSON object of numbers and strings.</summary>
internal sealed class AttributesConverter : JsonConverter<IReadOnlyDictionary<string, AttributeValue>>
{
    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, AttributeValue> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("Attributes must be an object.");
        }

        var attributes = new Dictionary<string, AttributeValue>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            attributes[name] = reader.TokenType switch
            {
                JsonTokenType.Number => AttributeValue.Of(reader.GetDouble()),
                JsonTokenType.String => AttributeValue.Of(reader.GetString()!),
                _ => throw new JsonException($"The attribute '{name}' must be a number or a string."),
            };
        }

        return attributes;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, AttributeValue> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, attribute) in value)
        {
            if (attribute.IsNumber)
            {
                writer.WriteNumber(name, attribute.Number);
            }
            else
            {
                writer.WriteString(name, attribute.Text);
            }
        }

        writer.WriteEndObject();
    }
}
