using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Siskin.Data.Catalogue;

namespace Siskin.Server.Api.Json;

/// <summary>Parts that several forms write alike.</summary>
internal static class JsonWrite
{
    // Answers are application/json and never stand inside HTML, so letters of any script stay readable.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static Utf8JsonWriter To(IBufferWriter<byte> output) => new(output, Options);

    public static void TextList(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    public static void Attributes(Utf8JsonWriter writer, IReadOnlyDictionary<string, AttributeValue> attributes)
    {
        writer.WriteStartObject("attributes");
        foreach (var (name, value) in attributes)
        {
            if (value.IsNumber)
            {
                writer.WriteNumber(name, value.Number);
            }
            else
            {
                writer.WriteString(name, value.Text);
            }
        }

        writer.WriteEndObject();
    }
}
