using Siskin.Data.Catalogue;
using Siskin.Data.Events;

namespace Siskin.Data.Datasets;

/// <summary>A data set that can be read as items, users and events, each as a stream.</summary>
/// <remarks>
/// Each call reads from the beginning and gives the same values in the same order, event ids included, so that an import
/// may be repeated. What is given has passed <see cref="CatalogueValidator"/> or <see cref="EventValidator"/> against
/// <see cref="Schema"/>; rows that do not pass, or cannot be read, go to the context. No file is held in memory as a whole.
/// Safe for concurrent reads that have a context each.
/// </remarks>
public interface IDatasetSource
{
    /// <summary>
    /// Short name, part of what event ids are made from. It does not depend on where the files lie, but for adjacency
    /// lists, which have no other name than that of their folder.
    /// </summary>
    string Name { get; }

    /// <summary>Attributes and event types of what the source gives.</summary>
    CatalogueSchema Schema { get; }

    /// <summary>
    /// All items, each id once: first those that the data set describes, then, bare (with an id alone), those that its
    /// events mention without a description. Of a repeated description the first counts and the others are bad rows.
    /// </summary>
    /// <param name="context">Gets bad rows and progress.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DatasetFormatException">A file cannot be read, or a row is bad and the context is strict.</exception>
    /// <remarks>
    /// Reads the event files too, and keeps 8 bytes for each id seen (<see cref="ItemKey"/>; of two ids with one key,
    /// which no catalogue would take together, only the first is given). Bad rows of event files are not reported here.
    /// </remarks>
    IAsyncEnumerable<Item> ReadItemsAsync(DatasetReadContext context, CancellationToken cancellationToken = default);

    /// <summary>Users that the data set describes, each id once; users that only events mention are not among them.</summary>
    /// <param name="context">Gets bad rows and progress.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DatasetFormatException">A file cannot be read, or a row is bad and the context is strict.</exception>
    IAsyncEnumerable<User> ReadUsersAsync(DatasetReadContext context, CancellationToken cancellationToken = default);

    /// <summary>Events in the order of the files, which need not be the order of time.</summary>
    /// <param name="context">Gets bad rows and progress.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DatasetFormatException">A file cannot be read, or a row is bad and the context is strict.</exception>
    IAsyncEnumerable<Event> ReadEventsAsync(DatasetReadContext context, CancellationToken cancellationToken = default);

    /// <summary>Events that the makers of the data set keep apart for tests; nothing when they keep none.</summary>
    /// <param name="context">Gets bad rows and progress.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DatasetFormatException">A file cannot be read, or a row is bad and the context is strict.</exception>
    IAsyncEnumerable<Event> ReadTestEventsAsync(DatasetReadContext context, CancellationToken cancellationToken = default) =>
        AsyncEnumerable.Empty<Event>();
}
