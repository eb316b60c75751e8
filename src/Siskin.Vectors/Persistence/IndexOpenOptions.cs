namespace Siskin.Vectors.Persistence;

/// <summary>How an index file is opened.</summary>
public sealed record IndexOpenOptions
{
    /// <summary>
    /// Whether what searches read at random is copied into memory, on huge pages where the system gives them, instead of
    /// being mapped. Searches are faster and a failing disk is an exception; opening takes as long as reading the file.
    /// </summary>
    /// <value>False: mapped, which opens at once, and shares memory between processes.</value>
    public bool InMemory { get; init; }

    /// <summary>When the file's content is compared with its checksums.</summary>
    /// <value><see cref="IndexVerification.Background"/>.</value>
    public IndexVerification Verification { get; init; } = IndexVerification.Background;
}
