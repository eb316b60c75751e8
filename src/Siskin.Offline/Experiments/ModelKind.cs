namespace Siskin.Offline.Experiments;

/// <summary>What a model does.</summary>
public enum ModelKind
{
    /// <summary>Gives every item of the catalogue a score for a user.</summary>
    Retrieval,

    /// <summary>Foretells a user's next item from the order of those before it.</summary>
    Sequence,

    /// <summary>Tells how likely a click is, from features.</summary>
    Ranking,
}
