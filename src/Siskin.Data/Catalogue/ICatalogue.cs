namespace Siskin.Data.Catalogue;

/// <summary>Items, users and the schema that declares them: the control data of a deployment.</summary>
/// <remarks>
/// Safe for concurrent use. A call that returned has been stored durably by backends that outlive the process.
/// Calls with several values are atomic. Values are assumed to have passed <see cref="CatalogueValidator"/>;
/// backends check only what they alone can know (keys). Every change, deletions included, gets a version from one
/// growing sequence that items and users share, so that a reader can follow by asking for changes since the last seen.
/// Each backend passes <c>CatalogueConformance</c>.
/// </remarks>
public interface ICatalogue : IAsyncDisposable
{
    /// <summary>The schema; <see cref="CatalogueSchema.Default"/> when none was set.</summary>
    ValueTask<CatalogueSchema> GetSchemaAsync(CancellationToken cancellationToken = default);

    /// <summary>Replaces the schema. Stored values are not touched.</summary>
    ValueTask SetSchemaAsync(CatalogueSchema schema, CancellationToken cancellationToken = default);

    /// <summary>The version of the newest change; 0 in an empty catalogue.</summary>
    ValueTask<long> GetVersionAsync(CancellationToken cancellationToken = default);

    /// <summary>How many items there are.</summary>
    ValueTask<long> CountItemsAsync(CancellationToken cancellationToken = default);

    /// <summary>How many users there are.</summary>
    ValueTask<long> CountUsersAsync(CancellationToken cancellationToken = default);

    /// <summary>Inserts or replaces items, all or none; of repeated ids the last one counts.</summary>
    /// <returns>One change for each id, in ascending order of version: the order in which the ids stand (a repeated one at its last place).</returns>
    /// <exception cref="CatalogueConflictException">An id's key is taken by another id: stored, deleted (logs still hold its key) or in the same call.</exception>
    ValueTask<IReadOnlyList<CatalogueChange<Item>>> UpsertItemsAsync(IReadOnlyList<Item> items, CancellationToken cancellationToken = default);

    /// <summary>Inserts or replaces users, all or none; of repeated ids the last one counts.</summary>
    /// <returns>One change for each id, in ascending order of version: the order in which the ids stand (a repeated one at its last place).</returns>
    /// <exception cref="CatalogueConflictException">An id's key is taken by another id: stored, deleted (logs still hold its key) or in the same call.</exception>
    ValueTask<IReadOnlyList<CatalogueChange<User>>> UpsertUsersAsync(IReadOnlyList<User> users, CancellationToken cancellationToken = default);

    /// <summary>The item, or null.</summary>
    ValueTask<Item?> GetItemAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>The user, or null.</summary>
    ValueTask<User?> GetUserAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Replaces an item by a function of its present state, with no other write between.</summary>
    /// <param name="id">Which item.</param>
    /// <param name="change">Keeps the id, is quick and does not call the catalogue; an exception that it throws leaves the item as it was.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The change, or null when there is no such item.</returns>
    /// <exception cref="ArgumentException">The function returned a value with another id.</exception>
    ValueTask<CatalogueChange<Item>?> UpdateItemAsync(string id, Func<Item, Item> change, CancellationToken cancellationToken = default);

    /// <summary>Replaces a user by a function of its present state, with no other write between.</summary>
    /// <param name="id">Which user.</param>
    /// <param name="change">Keeps the id, is quick and does not call the catalogue; an exception that it throws leaves the user as it was.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The change, or null when there is no such user.</returns>
    /// <exception cref="ArgumentException">The function returned a value with another id.</exception>
    ValueTask<CatalogueChange<User>?> UpdateUserAsync(string id, Func<User, User> change, CancellationToken cancellationToken = default);

    /// <summary>Deletes an item.</summary>
    /// <returns>The change, or null when there was no such item.</returns>
    ValueTask<CatalogueChange<Item>?> DeleteItemAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Deletes a user.</summary>
    /// <returns>The change, or null when there was no such user.</returns>
    ValueTask<CatalogueChange<User>?> DeleteUserAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>A page of items in ascending order of id, as <see cref="IdOrder"/> has it.</summary>
    /// <param name="cursor">From the page before, or null for the first.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The cursor is malformed, or the limit out of range.</exception>
    ValueTask<CataloguePage<Item>> ListItemsAsync(string? cursor, int limit, CancellationToken cancellationToken = default);

    /// <summary>A page of users in ascending order of id, as <see cref="IdOrder"/> has it.</summary>
    /// <param name="cursor">From the page before, or null for the first.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The cursor is malformed, or the limit out of range.</exception>
    ValueTask<CataloguePage<User>> ListUsersAsync(string? cursor, int limit, CancellationToken cancellationToken = default);

    /// <summary>The newest state of every item changed after a version, in order of version; deletions included.</summary>
    /// <remarks>
    /// Read in parts, not from one moment: what changes meanwhile appears once or more, later, with its newer version.
    /// Asking again from the last version seen misses nothing.
    /// </remarks>
    IAsyncEnumerable<CatalogueChange<Item>> ReadItemChangesAsync(long sinceVersion, CancellationToken cancellationToken = default);

    /// <summary>The newest state of every user changed after a version, in order of version; deletions included.</summary>
    /// <remarks>
    /// Read in parts, not from one moment: what changes meanwhile appears once or more, later, with its newer version.
    /// Asking again from the last version seen misses nothing.
    /// </remarks>
    IAsyncEnumerable<CatalogueChange<User>> ReadUserChangesAsync(long sinceVersion, CancellationToken cancellationToken = default);
}
