using System.Text;
using System.Text.Json;

namespace Siskin.Server.Api.Json;

/// <summary>The properties that one kind of object has; walks over an object and reports unknown and repeated ones.</summary>
/// <param name="kind">What the object is, with its article, for messages.</param>
/// <param name="names">At most 32 names.</param>
internal sealed class JsonForm(string kind, params string[] names)
{
    /// <summary>Returned by <see cref="Next"/> behind the last property.</summary>
    public const int End = -1;

    private readonly byte[][] _utf8 = Array.ConvertAll(names, Encoding.UTF8.GetBytes);

    /// <summary>The names, in the order of their indexes.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>Goes to the value of the next known property.</summary>
    /// <param name="reader">On the object's start, or on the last token of a value.</param>
    /// <param name="seen">Bits of the properties met; 0 at first.</param>
    /// <param name="path">Where the object stands.</param>
    /// <param name="errors">Gets unknown and repeated properties.</param>
    /// <returns>Index of the property's name, or <see cref="End"/>.</returns>
    public int Next(ref Utf8JsonReader reader, ref uint seen, FieldPath path, FieldErrors errors)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var index = Find(ref reader);
            if (index >= 0 && (seen & (1u << index)) == 0)
            {
                seen |= 1u << index;
                reader.Read();
                return index;
            }

            // Millions of unknown properties must not cost millions of messages.
            if (!errors.IsFull)
            {
                errors.Add(path.Of(reader.GetString()!), index < 0
                    ? $"is not a property of {kind}, which has {string.Join(", ", names)}"
                    : "is given twice");
            }

            reader.Read();
            reader.Skip();
        }

        return End;
    }

    private int Find(ref Utf8JsonReader reader)
    {
        for (var i = 0; i < _utf8.Length; i++)
        {
            if (reader.ValueTextEquals(_utf8[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
