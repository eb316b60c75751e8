namespace Siskin.Data.Control;

/// <summary>Small documents that operators steer by: which versions of models are promoted, experiments, and the like.</summary>
/// <remarks>
/// Safe for concurrent use, also from several processes where the store is shared. Every write gets the next
/// <see cref="ControlDocument.Version"/> of the store, so that whoever polls sees what changed. Never read per request.
/// Keys, prefixes and contents that <see cref="ControlArguments"/> refuses are an <see cref="ArgumentException"/>.
/// </remarks>
public interface IControlStore
{
    /// <summary>The version of the latest write; 0 when there was none.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    ValueTask<long> GetVersionAsync(CancellationToken cancellationToken = default);

    /// <summary>A document.</summary>
    /// <param name="key">1 to 256 characters.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>null where there is none.</returns>
    /// <exception cref="IOException">The store failed.</exception>
    ValueTask<ControlDocument?> GetAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>All documents whose keys begin as given, in ordinal order of the keys.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    ValueTask<IReadOnlyList<ControlDocument>> ListAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Writes a document, if nobody else has written it since it was read.</summary>
    /// <param name="key">1 to 256 characters.</param>
    /// <param name="json">Its content.</param>
    /// <param name="expectedVersion">The version read before; 0 where there was no document.</param>
    /// <param name="cancellationToken">Ends the wait; whether it was written then is not known.</param>
    /// <returns>The document's new version; durable.</returns>
    /// <exception cref="ControlConflictException">Its version is another.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    ValueTask<long> PutAsync(string key, string json, long expectedVersion, CancellationToken cancellationToken = default);

    /// <summary>Deletes a document, under a version of its own; nothing where there is none.</summary>
    /// <exception cref="ControlConflictException">Its version is another.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    ValueTask DeleteAsync(string key, long expectedVersion, CancellationToken cancellationToken = default);
}
