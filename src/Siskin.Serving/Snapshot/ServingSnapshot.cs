using Siskin.Data.Catalogue;
using Siskin.Data.Events;
using Siskin.Models.Factorization;
using Siskin.Serving.Releases;

namespace Siskin.Serving.Snapshot;

/// <summary>What a request is answered from: a release, with the changes since laid over it.</summary>
/// <remarks>
/// A request reads the current snapshot once and keeps it. Readers take no lock. <c>Apply</c> and <c>Count</c> are
/// called by one writer at a time; <see cref="RefreshLists"/> may run beside them, but not twice at once.
/// </remarks>
public sealed partial class ServingSnapshot
{
    private readonly UserRows _userRows;
    private SnapshotLists _lists;
    private CatalogueSchema _schema;
    private ContentSpace? _content;
    private ModelBindings _models = ModelBindings.Empty;

    /// <summary>Lays an empty overlay over a release.</summary>
    /// <param name="release">The release.</param>
    /// <param name="users">Users and their latest events; shared with other snapshots.</param>
    public ServingSnapshot(Release release, UserDirectory users)
    {
        Release = release;
        Users = users;
        _schema = release.Schema;
        Items = new ItemTable(release);
        Statistics = new LiveStatistics(release.Statistics, release.Manifest.LastEventMs);
        _userRows = new UserRows(release.Users);
        if (release.Factors is { } factors)
        {
            Folder = new ImplicitAlsFolder(factors);
        }

        _content = release.Schema.VectorDimension is { } d ? new ContentSpace(release, d) : null;
        _lists = SnapshotLists.Make(Items, Statistics);
    }

    /// <summary>The release.</summary>
    public Release Release { get; }

    /// <summary>Items of the release and those posted since, deleted ones included.</summary>
    public int ItemCount => Items.Count;

    /// <summary>The schema that requests are checked against: the release's until a newer one is set.</summary>
    public CatalogueSchema Schema
    {
        get => Volatile.Read(ref _schema);
        set
        {
            FollowDimension(value.VectorDimension);
            Volatile.Write(ref _schema, value);
        }
    }

    /// <summary>The models that scenes can name, bound to the release.</summary>
    /// <remarks>Set before the snapshot is in force, and swapped as a whole when a model changes; who swaps retires those before.</remarks>
    public ModelBindings Models => Volatile.Read(ref _models);

    internal UserDirectory Users { get; }

    internal ItemTable Items { get; }

    internal LiveStatistics Statistics { get; }

    internal ImplicitAlsFolder? Folder { get; }

    /// <summary>Posted vectors; null when the schema declares none.</summary>
    internal ContentSpace? Content => Volatile.Read(ref _content);

    internal SnapshotLists Lists => Volatile.Read(ref _lists);

    /// <summary>Puts other models in force; requests under way keep those that they have.</summary>
    /// <returns>Those before, which the caller retires.</returns>
    public ModelBindings SwapModels(ModelBindings models)
    {
        ArgumentNullException.ThrowIfNull(models);
        return Interlocked.Exchange(ref _models, models);
    }

    /// <summary>The models in force, held for a request that releases them.</summary>
    internal ModelBindings HoldModels()
    {
        while (true)
        {
            // Ended between the read and the hold means that others are in force by now.
            var models = Models;
            if (models.TryHold())
            {
                return models;
            }
        }
    }

    /// <summary>Whether an item is known, available or not.</summary>
    public bool HasItem(string id) => Items.TryGetRow(id, out _);

    /// <summary>Applies changes of the catalogue.</summary>
    /// <param name="changes">In order of version.</param>
    /// <param name="nowMs">Time of creation for new items that state none, in milliseconds since 1970.</param>
    public void Apply(IEnumerable<CatalogueChange<Item>> changes, long nowMs)
    {
        foreach (var change in changes)
        {
            if (change.Value is { } item)
            {
                // The item first: whoever finds its vector looks it up.
                var row = Items.Upsert(item, nowMs);
                _content?.Set(row, item);
            }
            else if (Items.Remove(change.Id) is >= 0 and var row)
            {
                _content?.Remove(row);
            }
        }
    }

    /// <summary>Counts an event in the statistics of its item; an item that is not known is left out.</summary>
    /// <param name="e">The event.</param>
    /// <param name="type">Its type's declaration.</param>
    /// <param name="nowMs">Events from after this moment, in milliseconds since 1970, count as of it: one wrong clock must not make all else old.</param>
    public void Count(Event e, EventTypeDefinition type, long nowMs)
    {
        if (Items.TryGetRow(e.Item, out var row))
        {
            Statistics.Add(row, type, e.Value, Math.Min(e.Time.ToUnixTimeMilliseconds(), nowMs));
        }
    }

    /// <summary>Makes the shared lists anew when items or statistics have changed since they were made.</summary>
    /// <returns>Whether they were made anew.</returns>
    public bool RefreshLists()
    {
        if (_lists.Changes == Statistics.Changes && _lists.ItemChanges == Items.Changes)
        {
            return false;
        }

        Volatile.Write(ref _lists, SnapshotLists.Make(Items, Statistics));
        return true;
    }

    /// <summary>Vectors of another length cannot be compared with those of before: what fits the new length is indexed afresh.</summary>
    private void FollowDimension(int? dimensions)
    {
        if (dimensions == _content?.Dimensions)
        {
            return;
        }

        var content = dimensions is { } d ? new ContentSpace(Release, d) : null;
        for (var row = 0; content is not null && row < Items.Count; row++)
        {
            // What becomes servable again is posted again, with its vector.
            if (Items[row].IsServable)
            {
                content.Set(row, Items[row].Item);
            }
            else
            {
                content.Remove(row);
            }
        }

        Volatile.Write(ref _content, content);
    }

    internal int UserRow(string id) => _userRows.Find(id);
}
