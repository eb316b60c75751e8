using Siskin.Data.Catalogue;
using Siskin.Data.Datasets;
using Siskin.Data.Events;
using Siskin.Models.Interactions;
using Siskin.Serving.Snapshot;

namespace Siskin.Offline.Jobs;

/// <summary>What training reads: the catalogue and all events, by rows.</summary>
/// <remarks>About 32 bytes an event. Events are in order of user, then time, then arrival.</remarks>
public sealed class TrainingData
{
    internal TrainingData(
        CatalogueSchema schema,
        IReadOnlyList<Item> items,
        IReadOnlyList<User> users,
        IReadOnlyList<string> userIds,
        TrainingEvent[] events,
        Interaction[] pairs)
    {
        Schema = schema;
        Items = items;
        Users = users;
        UserIds = userIds;
        Events = events;
        Pairs = pairs;
        Directory = new UserDirectory();
        Directory.Apply(users.Select(u => new CatalogueChange<User>(u.Id, 0, u)));
    }

    /// <summary>Declares attributes and event types.</summary>
    public CatalogueSchema Schema { get; }

    /// <summary>All items, in row order.</summary>
    public IReadOnlyList<Item> Items { get; }

    /// <summary>Users of the catalogue, with their attributes and friends.</summary>
    public IReadOnlyList<User> Users { get; }

    /// <summary>Ids of users with events, in row order.</summary>
    public IReadOnlyList<string> UserIds { get; }

    /// <summary>All events.</summary>
    public TrainingEvent[] Events { get; }

    /// <summary>Each user and item with evidence of interest, once: the time is that of the first such event.</summary>
    public Interaction[] Pairs { get; }

    /// <summary>The users, as the pipeline reads them.</summary>
    public UserDirectory Directory { get; }

    /// <summary>Position in the event log behind the last event read.</summary>
    public long EventPosition { get; init; }

    /// <summary>Version of the catalogue that was read.</summary>
    public long CatalogueVersion { get; init; }

    /// <summary>Events left out because no item has their id, or no type their name.</summary>
    public long Skipped { get; init; }

    /// <summary>Reads a deployment's state; a server may go on writing to it.</summary>
    /// <param name="catalogue">Its items and users.</param>
    /// <param name="log">Its events.</param>
    /// <param name="progress">Told of the number of events read.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task<TrainingData> ReadAsync(ICatalogue catalogue, IEventLog log, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        // Events up to here are on items that the catalogue has by now. Those behind it may be on items posted while it is
        // read: were they skipped as unknown, the position would still tell servers that the release has learned from them.
        var end = log.End;
        var version = await catalogue.GetVersionAsync(cancellationToken).ConfigureAwait(false);
        var builder = new TrainingDataBuilder(await catalogue.GetSchemaAsync(cancellationToken).ConfigureAwait(false));
        await foreach (var change in catalogue.ReadItemChangesAsync(0, cancellationToken).ConfigureAwait(false))
        {
            if (change.Value is { } item)
            {
                builder.Add(item);
            }
        }

        await foreach (var change in catalogue.ReadUserChangesAsync(0, cancellationToken).ConfigureAwait(false))
        {
            if (change.Value is { } user)
            {
                builder.Add(user);
            }
        }

        long position = 0;
        await foreach (var batch in log.ReadAsync(0, cancellationToken).ConfigureAwait(false))
        {
            if (batch.Start >= end)
            {
                break;
            }

            foreach (var e in batch.Events)
            {
                builder.Add(e);
            }

            position = batch.End;
            progress?.Report(builder.EventCount);
        }

        return builder.Build(position, version);
    }

    /// <summary>Reads a data set without storing it.</summary>
    /// <param name="source">The data set.</param>
    /// <param name="context">Gets bad rows and progress.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The data, and the part that its makers keep apart for tests, as pairs; empty when they keep none.</returns>
    public static async Task<(TrainingData Data, Interaction[] Test)> ReadAsync(IDatasetSource source, DatasetReadContext context, CancellationToken cancellationToken = default)
    {
        var builder = new TrainingDataBuilder(source.Schema);
        await foreach (var item in source.ReadItemsAsync(context, cancellationToken).ConfigureAwait(false))
        {
            builder.Add(item);
        }

        await foreach (var user in source.ReadUsersAsync(context, cancellationToken).ConfigureAwait(false))
        {
            builder.Add(user);
        }

        await foreach (var e in source.ReadEventsAsync(context, cancellationToken).ConfigureAwait(false))
        {
            builder.Add(e);
        }

        var test = new List<Interaction>();
        await foreach (var e in source.ReadTestEventsAsync(context, cancellationToken).ConfigureAwait(false))
        {
            if (builder.ToPair(e) is { } pair)
            {
                test.Add(pair);
            }
        }

        return (builder.Build(0, 0), [.. test]);
    }
}
