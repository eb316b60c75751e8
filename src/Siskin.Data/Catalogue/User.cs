namespace Siskin.Data.Catalogue;

/// <summary>Somebody who receives recommendations.</summary>
public sealed record User
{
    /// <summary>The caller's identifier; 1 to 256 characters, unique in a catalogue.</summary>
    public required string Id { get; init; }

    /// <summary>Values of the attributes that the schema declares for users.</summary>
    public IReadOnlyDictionary<string, AttributeValue> Attributes { get; init; } = AttributeValue.None;

    /// <summary>Ids of the users whose likes count for this one; they need not be known yet.</summary>
    public IReadOnlyList<string> Friends { get; init; } = [];
}
