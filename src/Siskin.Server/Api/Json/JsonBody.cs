using System.Text.Json;

namespace Siskin.Server.Api.Json;

/// <summary>Reads one element of a body.</summary>
/// <param name="reader">On the start of an object; left on its end.</param>
/// <param name="path">Where the element stands.</param>
/// <param name="errors">Gets the findings.</param>
/// <typeparam name="T">What the object becomes.</typeparam>
internal delegate T ElementReader<out T>(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors);

/// <summary>Reads a whole body: one object, a list of objects, or one object after another (NDJSON).</summary>
internal static class JsonBody
{
    private const int MaxDepth = 16;

    /// <summary>Reads one object.</summary>
    /// <exception cref="ProblemException">The text is not JSON, or not one object.</exception>
    public static T ReadOne<T>(ReadOnlySpan<byte> body, FieldErrors errors, ElementReader<T> read)
        where T : class
    {
        body = Prepare(body);
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new ProblemException(Problem.Invalid(string.Empty, "must be an object"));
            }

            var value = read(ref reader, FieldPath.Root, errors);
            reader.Read();
            return value;
        }
        catch (JsonException e)
        {
            throw Malformed(e);
        }
    }

    /// <summary>Reads all elements; stops early when there are too many findings.</summary>
    /// <param name="body">The body.</param>
    /// <param name="isLines">Whether objects follow each other without list and commas.</param>
    /// <param name="root">Name of the list in findings.</param>
    /// <param name="max">How many elements are allowed.</param>
    /// <param name="errors">Gets the findings.</param>
    /// <param name="read">Reads one element.</param>
    /// <exception cref="ProblemException">The text is not JSON, or there are too many elements.</exception>
    public static List<T> ReadMany<T>(
        ReadOnlySpan<byte> body, bool isLines, string root, int max, FieldErrors errors, ElementReader<T> read)
    {
        body = Prepare(body);
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth, AllowMultipleValues = isLines });
            var values = new List<T>();
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && !isLines)
            {
                values.Add(read(ref reader, FieldPath.Root, errors));
                reader.Read();
                return values;
            }

            if (reader.TokenType != JsonTokenType.StartArray && !isLines)
            {
                throw new ProblemException(Problem.Invalid(string.Empty, "must be an object or a list of objects"));
            }

            var more = isLines || reader.Read();
            while (more && reader.TokenType != JsonTokenType.EndArray && !errors.IsFull)
            {
                if (values.Count == max)
                {
                    throw new ProblemException(Problem.BatchTooLarge(max));
                }

                var path = new FieldPath(root, values.Count);
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    values.Add(read(ref reader, path, errors));
                }
                else
                {
                    errors.Add(path.Self, "must be an object");
                    reader.Skip();
                    values.Add(default!);
                }

                more = reader.Read();
            }

            if (!isLines && !errors.IsFull)
            {
                reader.Read();
            }

            return values;
        }
        catch (JsonException e)
        {
            throw Malformed(e);
        }
    }

    /// <summary>Checks a body's text and takes off a byte order mark.</summary>
    /// <exception cref="ProblemException">It is empty, or its text cannot be used.</exception>
    public static ReadOnlySpan<byte> Prepare(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith("\uFEFF"u8))
        {
            body = body[3..];
        }

        if (body.TrimEnd(" \t\r\n"u8).IsEmpty)
        {
            throw new ProblemException(Problem.Malformed("The body is empty; JSON is expected."));
        }

        var fault = Utf8Text.FindFault(body, out var message);
        if (fault >= 0)
        {
            var (line, column) = Utf8Text.Locate(body, fault);
            throw new ProblemException(Problem.Malformed(message + ".", line, column));
        }

        return body;
    }

    /// <summary>The problem for a syntax error.</summary>
    public static ProblemException Malformed(JsonException e)
    {
        // The parser appends the position to its message, counted from 0.
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var message = FieldErrors.Shorten(end < 0 ? e.Message : e.Message[..end], 300);
        return new ProblemException(Problem.Malformed(message, e.LineNumber ?? -1, e.BytePositionInLine ?? 0));
    }
}
