using Siskin.Data.Catalogue;

namespace Siskin.Data.Events;

/// <summary>Checks events before they are appended.</summary>
public static class EventValidator
{
    /// <summary>Longest event id, in characters.</summary>
    public const int MaxEventIdLength = 128;

    /// <summary>Longest type name, in characters.</summary>
    public const int MaxTypeLength = 64;

    /// <summary>Checks an event; every finding is reported.</summary>
    /// <param name="e">The event.</param>
    /// <param name="schema">Declares the types.</param>
    /// <param name="path">Prefix of the fields named, such as <c>events[3].</c>.</param>
    /// <param name="errors">Gets the findings.</param>
    public static void Check(Event e, CatalogueSchema schema, string path, ICollection<ValidationError> errors)
    {
        CatalogueValidator.CheckId(e.Id, path + "id", errors);
        if (e.Id?.Length is > MaxEventIdLength and <= CatalogueValidator.MaxIdLength)
        {
            errors.Add(new(path + "id", $"is {e.Id.Length} characters long; at most {MaxEventIdLength} are allowed"));
        }

        CatalogueValidator.CheckId(e.User, path + "user", errors);
        CatalogueValidator.CheckId(e.Item, path + "item", errors);
        if (FindType(schema, e.Type) is null)
        {
            errors.Add(new(path + "type", $"'{Shorten(e.Type)}' is not declared in the schema (declared are {string.Join(", ", schema.EventTypes.Select(t => t.Name))})"));
        }

        if (e.Value is { } value && !(Math.Abs(value) <= 1e15))
        {
            errors.Add(new(path + "value", "must be a finite number of at most 1e15 in size"));
        }

        CatalogueValidator.CheckTime(e.Time, path + "time", errors);
        if (e.Request is not null)
        {
            CatalogueValidator.CheckId(e.Request, path + "request", errors);
        }

        if (e.Scene is not null)
        {
            CatalogueValidator.CheckId(e.Scene, path + "scene", errors);
        }
    }

    /// <summary>The declaration of an event type, or null.</summary>
    /// <param name="schema">Declares the types.</param>
    /// <param name="name">The type's name.</param>
    public static EventTypeDefinition? FindType(CatalogueSchema schema, string? name)
    {
        foreach (var type in schema.EventTypes)
        {
            if (string.Equals(type.Name, name, StringComparison.Ordinal))
            {
                return type;
            }
        }

        return null;
    }

    private static string Shorten(string? text) =>
        text is null ? string.Empty : text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");
}
