using System.Text.Json;
using Siskin.Data.Catalogue;

namespace Siskin.Server.Api.Json;

/// <summary>Reads single values; a value of another type is reported and skipped, and null reads as absent.</summary>
internal static class JsonFields
{
    /// <summary>Reads a string.</summary>
    public static string? Text(ref Utf8JsonReader reader, FieldPath path, string name, FieldErrors errors)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        Refuse(ref reader, path, name, "must be a string", errors);
        return null;
    }

    /// <summary>Reads a finite number.</summary>
    public static double? Number(ref Utf8JsonReader reader, FieldPath path, string name, FieldErrors errors)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetDouble(out var number) && double.IsFinite(number))
            {
                return number;
            }

            errors.Add(path.Of(name), "is larger than a 64-bit floating-point number can hold");
            return null;
        }

        Refuse(ref reader, path, name, "must be a number", errors);
        return null;
    }

    /// <summary>Reads a whole number.</summary>
    public static int? Integer(ref Utf8JsonReader reader, FieldPath path, string name, FieldErrors errors)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetInt32(out var number))
            {
                return number;
            }

            errors.Add(path.Of(name), "must be a whole number of at most 32 bits");
            return null;
        }

        Refuse(ref reader, path, name, "must be a number", errors);
        return null;
    }

    /// <summary>Reads <c>true</c> or <c>false</c>.</summary>
    public static bool? Boolean(ref Utf8JsonReader reader, FieldPath path, string name, FieldErrors errors)
    {
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False)
        {
            return reader.TokenType == JsonTokenType.True;
        }

        Refuse(ref reader, path, name, "must be true or false", errors);
        return null;
    }

    /// <summary>Reads a list of strings.</summary>
    /// <param name="reader">On the list's start.</param>
    /// <param name="path">Where the object stands.</param>
    /// <param name="name">Name of the property.</param>
    /// <param name="max">How many entries are allowed.</param>
    /// <param name="errors">Gets the findings.</param>
    public static IReadOnlyList<string>? TextList(ref Utf8JsonReader reader, FieldPath path, string name, int max, FieldErrors errors)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Refuse(ref reader, path, name, "must be a list of strings", errors);
            return null;
        }

        List<string>? list = null;
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                RefuseEntry(path, name, count, "must be a string", errors);
                reader.Skip();
            }
            else if (count < max)
            {
                (list ??= []).Add(reader.GetString()!);
            }

            count++;
        }

        CheckCount(count, max, path, name, errors);
        return list ?? (IReadOnlyList<string>)[];
    }

    /// <summary>Reads a list of numbers.</summary>
    public static float[]? Vector(ref Utf8JsonReader reader, FieldPath path, string name, int max, FieldErrors errors)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Refuse(ref reader, path, name, "must be a list of numbers", errors);
            return null;
        }

        var values = new List<float>();
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetSingle(out var value))
            {
                RefuseEntry(path, name, count, "must be a number", errors);
                reader.Skip();
            }
            else if (count < max)
            {
                values.Add(value);
            }

            count++;
        }

        CheckCount(count, max, path, name, errors);
        return [.. values];
    }

    /// <summary>Reads an object whose values are numbers or strings.</summary>
    public static IReadOnlyDictionary<string, AttributeValue>? Attributes(
        ref Utf8JsonReader reader, FieldPath path, string name, FieldErrors errors)
    {
        const int Max = 1_000;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Refuse(ref reader, path, name, "must be an object", errors);
            return null;
        }

        var map = new Dictionary<string, AttributeValue>(StringComparer.Ordinal);
        var count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            count++;
            if (Attribute(ref reader, path.Into(name), key, errors) is { } value && count <= Max && !map.TryAdd(key, value))
            {
                errors.Add(path.Into(name).Of(key), "is given twice");
            }
        }

        CheckCount(count, Max, path, name, errors);
        return map;
    }

    /// <summary>Reads a number or a string.</summary>
    public static AttributeValue? Attribute(ref Utf8JsonReader reader, FieldPath path, string name, FieldErrors errors)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return AttributeValue.Of(reader.GetString()!);
        }

        if (reader.TokenType == JsonTokenType.Number)
        {
            return Number(ref reader, path, name, errors) is { } number ? AttributeValue.Of(number) : null;
        }

        if (reader.TokenType == JsonTokenType.Null)
        {
            errors.Add(path.Of(name), "must be a number or a string; leave it out when there is no value");
            return null;
        }

        Refuse(ref reader, path, name, "must be a number or a string", errors);
        return null;
    }

    /// <summary>Reads an object whose values are strings, numbers or Booleans, all kept as text.</summary>
    public static IReadOnlyDictionary<string, string>? Settings(
        ref Utf8JsonReader reader, FieldPath path, string name, int max, FieldErrors errors)
    {
        const int MaxValueLength = 4_096;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Refuse(ref reader, path, name, "must be an object", errors);
            return null;
        }

        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        var count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            count++;
            var text = reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString(),
                JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
                JsonTokenType.True => "true",
                JsonTokenType.False => "false",
                _ => null,
            };

            if (text is null)
            {
                errors.Add(path.Into(name).Of(key), "must be a string, a number, true or false");
                reader.Skip();
            }
            else if (text.Length > MaxValueLength)
            {
                errors.Add(path.Into(name).Of(key), $"is {text.Length:N0} characters long; at most {MaxValueLength:N0} are allowed");
            }
            else if (count <= max && !map.TryAdd(key, text))
            {
                errors.Add(path.Into(name).Of(key), "is given twice");
            }
        }

        CheckCount(count, max, path, name, errors);
        return map;
    }

    /// <summary>Reports a value of the wrong type, unless it is null, and goes to its last token.</summary>
    public static void Refuse(ref Utf8JsonReader reader, FieldPath path, string name, string message, FieldErrors errors)
    {
        if (reader.TokenType != JsonTokenType.Null)
        {
            errors.Add(path.Of(name), message);
            reader.Skip();
        }
    }

    private static void RefuseEntry(FieldPath path, string name, int index, string message, FieldErrors errors)
    {
        if (!errors.IsFull)
        {
            errors.Add($"{path.Of(name)}[{index}]", message);
        }
    }

    private static void CheckCount(int count, int max, FieldPath path, string name, FieldErrors errors)
    {
        if (count > max)
        {
            errors.Add(path.Of(name), $"has {count:N0} entries; at most {max:N0} are allowed");
        }
    }
}
