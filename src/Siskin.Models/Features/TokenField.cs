namespace Siskin.Models.Features;

/// <summary>A feature made of texts that become ids; 0 is an unknown or absent one.</summary>
public abstract record TokenField : FeatureField
{
    /// <summary>Times that a text must occur in the training rows to get an id of its own; without effect when hashing.</summary>
    /// <value>1.</value>
    public int MinCount { get; init; } = 1;

    /// <summary>0 for a vocabulary; else the number of buckets that texts are hashed into, ids 1 to that number.</summary>
    /// <value>0.</value>
    public int HashBuckets { get; init; }

    /// <summary>Name of an earlier token feature whose ids this one shares, with that one's settings; null for its own.</summary>
    /// <remarks>Occurrences in all sharing features count together.</remarks>
    public string? VocabularyOf { get; init; }
}
