using System.Text.Json;
using Siskin.Data.Catalogue;

namespace Siskin.Server.Api.Json;

/// <summary>Users as JSON, both ways.</summary>
internal static class UserJson
{
    /// <summary>The properties of a user.</summary>
    public static JsonForm Form { get; } = new("a user", "id", "attributes", "friends");

    /// <summary>Reads a user without checking it against a schema.</summary>
    public static User Read(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors)
    {
        var user = new User { Id = string.Empty };
        var seen = 0u;
        for (var property = 0; property != JsonForm.End;)
        {
            property = Form.Next(ref reader, ref seen, path, errors);
            switch (property)
            {
                case 0:
                    user = user with { Id = JsonFields.Text(ref reader, path, "id", errors) ?? string.Empty };
                    break;
                case 1:
                    user = user with { Attributes = JsonFields.Attributes(ref reader, path, "attributes", errors) ?? AttributeValue.None };
                    break;
                case 2:
                    user = user with { Friends = JsonFields.TextList(ref reader, path, "friends", CatalogueValidator.MaxListLength, errors) ?? [] };
                    break;
            }
        }

        return user;
    }

    /// <summary>Writes a user.</summary>
    public static void Write(Utf8JsonWriter writer, User user)
    {
        writer.WriteStartObject();
        writer.WriteString("id", user.Id);
        JsonWrite.Attributes(writer, user.Attributes);
        JsonWrite.TextList(writer, "friends", user.Friends);
        writer.WriteEndObject();
    }
}
