using Siskin.Data.Events;

namespace Siskin.Data.Catalogue;

/// <summary>Checks items, users and schemas before they are stored.</summary>
/// <remarks>Every finding is reported, not the first alone. Allocates only for findings.</remarks>
public static class CatalogueValidator
{
    /// <summary>Longest id, in characters.</summary>
    public const int MaxIdLength = 256;

    /// <summary>Longest title or text value, in characters.</summary>
    public const int MaxTextLength = 32_768;

    /// <summary>Most tags on one item, and most friends of one user.</summary>
    public const int MaxListLength = 10_000;

    /// <summary>Longest tag or categorical value, in characters.</summary>
    public const int MaxTagLength = 256;

    /// <summary>Longest vector.</summary>
    public const int MaxVectorDimension = 4_096;

    private static readonly DateTimeOffset LatestTime = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Checks an item against a schema.</summary>
    /// <param name="item">The item.</param>
    /// <param name="schema">Declares its attributes.</param>
    /// <param name="path">Prefix of the fields named, such as <c>items[3].</c>.</param>
    /// <param name="errors">Gets the findings.</param>
    public static void Check(Item item, CatalogueSchema schema, string path, ICollection<ValidationError> errors)
    {
        CheckId(item.Id, path + "id", errors);
        if (item.Title?.Length > MaxTextLength)
        {
            errors.Add(new(path + "title", $"is {item.Title.Length:N0} characters long; at most {MaxTextLength:N0} are allowed"));
        }

        CheckList(item.Tags, path + "tags", MaxTagLength, errors);
        CheckAttributes(item.Attributes, schema.ItemAttributes, path, errors);
        CheckVector(item.Vector, schema.VectorDimension, path, errors);
        if (item.Place is { } place)
        {
            CheckRange(place.Latitude, -90, 90, path + "place.latitude", errors);
            CheckRange(place.Longitude, -180, 180, path + "place.longitude", errors);
        }

        if (item.Price is { } price)
        {
            CheckRange(price, 0, 1e15, path + "price", errors);
        }

        if (item.CreatedAt is { } created)
        {
            CheckTime(created, path + "createdAt", errors);
        }
    }

    /// <summary>Checks a user against a schema.</summary>
    /// <param name="user">The user.</param>
    /// <param name="schema">Declares its attributes.</param>
    /// <param name="path">Prefix of the fields named, such as <c>users[3].</c>.</param>
    /// <param name="errors">Gets the findings.</param>
    public static void Check(User user, CatalogueSchema schema, string path, ICollection<ValidationError> errors)
    {
        CheckId(user.Id, path + "id", errors);
        CheckAttributes(user.Attributes, schema.UserAttributes, path, errors);
        CheckList(user.Friends, path + "friends", MaxIdLength, errors);
    }

    /// <summary>Checks a schema.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="errors">Gets the findings.</param>
    public static void Check(CatalogueSchema schema, ICollection<ValidationError> errors)
    {
        CheckDefinitions(schema.ItemAttributes, "itemAttributes", errors);
        CheckDefinitions(schema.UserAttributes, "userAttributes", errors);
        if (schema.VectorDimension is < 1 or > MaxVectorDimension)
        {
            errors.Add(new("vectorDimension", $"is {schema.VectorDimension}; 1 to {MaxVectorDimension} is allowed"));
        }

        if (schema.EventTypes.Count == 0)
        {
            errors.Add(new("eventTypes", "must declare at least one type"));
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < schema.EventTypes.Count; i++)
        {
            var type = schema.EventTypes[i];
            var field = $"eventTypes[{i}].";
            if (string.IsNullOrEmpty(type.Name) || type.Name.Length > EventValidator.MaxTypeLength)
            {
                errors.Add(new(field + "name", $"must have 1 to {EventValidator.MaxTypeLength} characters"));
            }
            else if (!names.Add(type.Name))
            {
                errors.Add(new(field + "name", $"'{type.Name}' is declared twice"));
            }

            CheckRange(type.Weight, -1000, 1000, field + "weight", errors);
            if (type.LikedFrom is { } threshold && !double.IsFinite(threshold))
            {
                errors.Add(new(field + "likedFrom", "must be a finite number"));
            }
        }
    }

    /// <summary>Checks an id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="field">Names it in findings.</param>
    /// <param name="errors">Gets the findings.</param>
    public static void CheckId(string? id, string field, ICollection<ValidationError> errors)
    {
        if (string.IsNullOrEmpty(id))
        {
            errors.Add(new(field, "is required and must not be empty"));
        }
        else if (id.Length > MaxIdLength)
        {
            errors.Add(new(field, $"is {id.Length:N0} characters long; at most {MaxIdLength} are allowed"));
        }
        else if (!IsPlainText(id))
        {
            errors.Add(new(field, "holds control characters or broken surrogates, which are not allowed in ids"));
        }
    }

    /// <summary>Checks that a time lies between 1900 and 2200.</summary>
    /// <param name="time">The time.</param>
    /// <param name="field">Names it in findings.</param>
    /// <param name="errors">Gets the findings.</param>
    public static void CheckTime(DateTimeOffset time, string field, ICollection<ValidationError> errors)
    {
        if (time.UtcDateTime.Year < 1900 || time > LatestTime)
        {
            errors.Add(new(field, $"is {time:O}; times from 1900 to 2200 are allowed"));
        }
    }

    private static bool IsPlainText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
            {
                return false;
            }

            if (char.IsSurrogate(text[i]))
            {
                if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                {
                    return false;
                }

                i++;
            }
        }

        return true;
    }

    private static void CheckRange(double value, double min, double max, string field, ICollection<ValidationError> errors)
    {
        if (!(value >= min && value <= max))
        {
            errors.Add(new(field, $"is {value}; {min} to {max} is allowed"));
        }
    }

    private static void CheckList(IReadOnlyList<string> values, string field, int maxLength, ICollection<ValidationError> errors)
    {
        if (values.Count > MaxListLength)
        {
            errors.Add(new(field, $"has {values.Count:N0} entries; at most {MaxListLength:N0} are allowed"));
            return;
        }

        for (var i = 0; i < values.Count; i++)
        {
            var value = values[i];
            if (string.IsNullOrEmpty(value) || value.Length > maxLength || !IsPlainText(value))
            {
                errors.Add(new($"{field}[{i}]", $"must have 1 to {maxLength} characters, none of them a control character"));
            }
        }
    }

    private static void CheckAttributes(
        IReadOnlyDictionary<string, AttributeValue> attributes,
        IReadOnlyList<AttributeDefinition> declared,
        string path,
        ICollection<ValidationError> errors)
    {
        foreach (var (name, value) in attributes)
        {
            var field = $"{path}attributes.{name}";
            var definition = Find(declared, name);
            if (definition is null)
            {
                var names = declared.Count == 0 ? "none are declared" : "declared are " + string.Join(", ", declared.Select(d => d.Name));
                errors.Add(new(field, $"is not declared in the schema ({names})"));
            }
            else if (value.IsNumber != (definition.Type == AttributeType.Numeric))
            {
                errors.Add(new(field, definition.Type == AttributeType.Numeric ? "must be a number" : "must be a string"));
            }
            else if (value.IsNumber && !double.IsFinite(value.Number))
            {
                errors.Add(new(field, "must be a finite number"));
            }
            else if (!value.IsNumber)
            {
                var max = definition.Type == AttributeType.Text ? MaxTextLength : MaxTagLength;
                if (value.Text!.Length > max)
                {
                    errors.Add(new(field, $"is {value.Text.Length:N0} characters long; at most {max:N0} are allowed"));
                }
            }
        }
    }

    private static AttributeDefinition? Find(IReadOnlyList<AttributeDefinition> declared, string name)
    {
        foreach (var definition in declared)
        {
            if (string.Equals(definition.Name, name, StringComparison.Ordinal))
            {
                return definition;
            }
        }

        return null;
    }

    private static void CheckVector(ReadOnlyMemory<float>? vector, int? dimension, string path, ICollection<ValidationError> errors)
    {
        if (vector is not { } values)
        {
            return;
        }

        if (dimension is null)
        {
            errors.Add(new(path + "vector", "is not allowed: the schema declares no vectorDimension"));
        }
        else if (values.Length != dimension)
        {
            errors.Add(new(path + "vector", $"has {values.Length:N0} entries; the schema declares {dimension}"));
        }

        foreach (var value in values.Span)
        {
            if (!float.IsFinite(value))
            {
                errors.Add(new(path + "vector", "must hold finite numbers only"));
                break;
            }
        }
    }

    private static void CheckDefinitions(IReadOnlyList<AttributeDefinition> definitions, string path, ICollection<ValidationError> errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < definitions.Count; i++)
        {
            var definition = definitions[i];
            if (string.IsNullOrEmpty(definition.Name) || definition.Name.Length > MaxTagLength)
            {
                errors.Add(new($"{path}[{i}].name", $"must have 1 to {MaxTagLength} characters"));
            }
            else if (!names.Add(definition.Name))
            {
                errors.Add(new($"{path}[{i}].name", $"'{definition.Name}' is declared twice"));
            }

            if (definition is { Type: AttributeType.Text, IsFilterable: true })
            {
                errors.Add(new($"{path}[{i}].isFilterable", "must be false for a text attribute"));
            }
        }
    }
}
