using System.Globalization;
using System.Text.Json;

namespace Siskin.Vectors.Persistence;

/// <summary>Small named values of an index file: metric, dimensions, counts, parameters.</summary>
/// <remarks>
/// Kept as a JSON object of strings. Readers state the range that they can work with, so that a number from a file never
/// sizes an allocation unchecked. Not for use from several threads while it is being filled.
/// </remarks>
internal sealed class IndexMetadata
{
    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly long _offset;

    /// <summary>Nothing yet; to be filled and written.</summary>
    /// <param name="path">The file that it will be in.</param>
    public IndexMetadata(string path)
    {
        _path = path;
        _offset = -1;
    }

    /// <summary>What a file holds.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where in the file the bytes are.</param>
    /// <param name="json">The bytes.</param>
    /// <exception cref="ModelFormatException">They are no JSON object of strings.</exception>
    public IndexMetadata(string path, long offset, ReadOnlyMemory<byte> json)
    {
        _path = path;
        _offset = offset;
        try
        {
            using var document = JsonDocument.Parse(json);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                _values[property.Name] = property.Value.GetString() ?? throw Bad($"metadata '{property.Name}' is null");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Bad($"the metadata are no JSON object of strings: {e.Message}");
        }
    }

    /// <summary>All values, by name.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>Sets a text.</summary>
    public void Set(string key, string value) => _values[key] = value;

    /// <summary>Sets a whole number.</summary>
    public void Set(string key, long value) => _values[key] = value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Sets a number; it is read back bit for bit.</summary>
    public void Set(string key, double value) => _values[key] = value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Sets true or false.</summary>
    public void Set(string key, bool value) => _values[key] = value ? "true" : "false";

    /// <summary>Sets a value of an enumeration, by its name.</summary>
    public void Set<T>(string key, T value)
        where T : struct, Enum => _values[key] = value.ToString();

    /// <summary>Whether there is a value of this name.</summary>
    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>Reads a text.</summary>
    /// <exception cref="ModelFormatException">It is missing.</exception>
    public string Text(string key) => _values.TryGetValue(key, out var value) ? value : throw Bad($"metadata '{key}' is missing");

    /// <summary>Reads a whole number.</summary>
    /// <exception cref="ModelFormatException">It is missing, no number, or outside of the range.</exception>
    public long Int64(string key, long min, long max)
    {
        var text = Text(key);
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw Bad($"metadata '{key}' is '{text}', expected a whole number from {min} to {max}");
    }

    /// <summary>Reads a whole number.</summary>
    /// <exception cref="ModelFormatException">It is missing, no number, or outside of the range.</exception>
    public int Int32(string key, int min, int max) => (int)Int64(key, min, max);

    /// <summary>Reads a number.</summary>
    /// <exception cref="ModelFormatException">It is missing, no number, or outside of the range.</exception>
    public double Double(string key, double min, double max)
    {
        var text = Text(key);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw Bad(string.Create(CultureInfo.InvariantCulture, $"metadata '{key}' is '{text}', expected a number from {min} to {max}"));
    }

    /// <summary>Reads true or false.</summary>
    /// <exception cref="ModelFormatException">It is missing or neither.</exception>
    public bool Boolean(string key) => Text(key) switch
    {
        "true" => true,
        "false" => false,
        var other => throw Bad($"metadata '{key}' is '{other}', expected true or false"),
    };

    /// <summary>Reads a value of an enumeration.</summary>
    /// <exception cref="ModelFormatException">It is missing or not one of the names.</exception>
    public T Enumeration<T>(string key)
        where T : struct, Enum
    {
        var text = Text(key);
        return Enum.TryParse<T>(text, out var value) && Enum.GetName(value) == text
            ? value
            : throw Bad($"metadata '{key}' is '{text}', expected one of {string.Join(", ", Enum.GetNames<T>())}");
    }

    /// <summary>The bytes for the file.</summary>
    public byte[] ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (var (key, value) in _values)
            {
                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private ModelFormatException Bad(string message) => new(_path, _offset, message);
}
