using System.Collections.Concurrent;
using Siskin.Data.Catalogue;
using Siskin.Serving.Releases;

namespace Siskin.Serving.Snapshot;

/// <summary>Items by row: those of the release first, then those posted since.</summary>
/// <remarks>
/// Readers take no lock. Writers are serialised by the caller. Rows never move and are never reused, so a row read
/// once stays valid for the snapshot's life; a deleted item keeps its row and is not servable.
/// </remarks>
internal sealed class ItemTable
{
    private const int ChunkBits = 12;
    private const int ChunkSize = 1 << ChunkBits;

    private readonly ReleasedItems _released;
    private readonly ConcurrentDictionary<long, int> _rows = new();
    private readonly ConcurrentDictionary<string, int> _tagNumbers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, AddedRows> _addedByTag = new();
    private readonly TagIndex _tagIndex;

    // What was posted or changed since the release; chunks without any such row are null.
    private StoredItem?[]?[] _chunks;
    private int _count;
    private int _tagCount;
    private long _changes;

    public ItemTable(Release release)
    {
        _tagIndex = release.Tags;
        foreach (var tag in release.Tags.Tags)
        {
            TagNumber(tag);
        }

        _released = new ReleasedItems(release.Items);
        _released.Fill(release.Statistics.FirstEventMs, TagNumber);
        _chunks = new StoredItem?[]?[(release.Items.Count / ChunkSize) + 1];
        _count = BaseCount = release.Items.Count;
    }

    /// <summary>Rows of the release.</summary>
    public int BaseCount { get; }

    /// <summary>All rows.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Tags known; their numbers are 0 to this.</summary>
    public int TagCount => Volatile.Read(ref _tagCount);

    /// <summary>Grows with every change after the release's items: tells whether lists made from the table are stale.</summary>
    public long Changes => Volatile.Read(ref _changes);

    public ItemEntry this[int row]
    {
        get
        {
            var chunk = Volatile.Read(ref Volatile.Read(ref _chunks)[row >> ChunkBits]);
            return new ItemEntry(_released, row, chunk is null ? null : Volatile.Read(ref chunk[row & (ChunkSize - 1)]));
        }
    }

    public bool TryGetRow(long key, out int row) => _released.Rows.TryGetValue(key, out row) || _rows.TryGetValue(key, out row);

    public bool TryGetRow(string id, out int row) =>
        TryGetRow(ItemKey.Of(id), out row) && string.Equals(this[row].Item.Id, id, StringComparison.Ordinal);

    public bool TryGetTag(string name, out int tag) => _tagNumbers.TryGetValue(name, out tag);

    /// <summary>Rows of a tag's best items in the release; they may have lost the tag since.</summary>
    public ReadOnlySpan<int> BestOfTag(int tag) =>
        tag < _tagIndex.Tags.Count ? _tagIndex.Items.AsSpan(_tagIndex.Starts[tag].._tagIndex.Starts[tag + 1]) : default;

    /// <summary>Rows that got the tag since the release, oldest first; they may have lost it again.</summary>
    public ReadOnlySpan<int> AddedToTag(int tag) => _addedByTag.TryGetValue(tag, out var added) ? added.Rows : default;

    /// <summary>Adds an item or replaces its state.</summary>
    /// <returns>Its row.</returns>
    public int Upsert(Item item, long nowMs)
    {
        if (!TryGetRow(ItemKey.Of(item.Id), out var row))
        {
            row = Append(item, CreatedMs(item, nowMs));
            _rows[ItemKey.Of(item.Id)] = row;
            foreach (var tag in this[row].Tags)
            {
                AddedTo(tag).Append(row);
            }

            Volatile.Write(ref _changes, _changes + 1);
            return row;
        }

        var old = this[row];
        var entry = NewEntry(item, item.CreatedAt is null ? old.CreatedMs : CreatedMs(item, nowMs), item.IsAvailable);
        Store(row, entry);
        foreach (var tag in entry.Tags)
        {
            if (!old.HasTag(tag) && AddedTo(tag) is var added && !added.Rows.Contains(row))
            {
                added.Append(row);
            }
        }

        Volatile.Write(ref _changes, _changes + 1);
        return row;
    }

    /// <summary>Makes an item unservable, until it is posted again.</summary>
    /// <returns>Its row; −1 when there is no such item.</returns>
    public int Remove(string id)
    {
        if (!TryGetRow(id, out var row))
        {
            return -1;
        }

        var old = this[row];
        var gone = new StoredItem { Item = old.Item with { IsAvailable = false }, Tags = old.Tags, CreatedMs = old.CreatedMs, IsServable = false };
        Store(row, gone);
        Volatile.Write(ref _changes, _changes + 1);
        return row;
    }

    private static long CreatedMs(Item item, long otherwise) => item.CreatedAt?.ToUnixTimeMilliseconds() ?? otherwise;

    private int Append(Item item, long createdMs)
    {
        var row = _count;
        if (row >> ChunkBits >= _chunks.Length)
        {
            var larger = new StoredItem?[]?[_chunks.Length * 2];
            _chunks.CopyTo(larger, 0);
            Volatile.Write(ref _chunks, larger);
        }

        Store(row, NewEntry(item, createdMs, item.IsAvailable));

        // Published in this order, so that whoever sees the count or the key sees the entry.
        Volatile.Write(ref _count, row + 1);
        return row;
    }

    private void Store(int row, StoredItem item)
    {
        ref var chunk = ref _chunks[row >> ChunkBits];
        if (chunk is null)
        {
            Volatile.Write(ref chunk, new StoredItem?[ChunkSize]);
        }

        Volatile.Write(ref chunk[row & (ChunkSize - 1)], item);
    }

    private StoredItem NewEntry(Item item, long createdMs, bool isServable)
    {
        var tags = item.Tags.Count == 0 ? [] : new int[item.Tags.Count];
        for (var i = 0; i < tags.Length; i++)
        {
            tags[i] = TagNumber(item.Tags[i]);
        }

        return new StoredItem { Item = item, Tags = tags, CreatedMs = createdMs, IsServable = isServable };
    }

    private int TagNumber(string name)
    {
        if (_tagNumbers.TryGetValue(name, out var tag))
        {
            return tag;
        }

        // Counted first, so that whoever finds a number also finds it below the count.
        tag = _tagCount;
        Volatile.Write(ref _tagCount, tag + 1);
        _tagNumbers[name] = tag;
        return tag;
    }

    private AddedRows AddedTo(int tag) => _addedByTag.GetOrAdd(tag, static _ => new AddedRows());

    /// <summary>Rows in order of arrival: appended to by one writer, read by any request.</summary>
    private sealed class AddedRows
    {
        private int[] _rows = new int[4];
        private int _count;

        /// <remarks>The count is read first: the array read after it holds at least that many rows.</remarks>
        public ReadOnlySpan<int> Rows
        {
            get
            {
                var count = Volatile.Read(ref _count);
                return Volatile.Read(ref _rows).AsSpan(0, count);
            }
        }

        public void Append(int row)
        {
            if (_count == _rows.Length)
            {
                var larger = new int[_count * 2];
                _rows.CopyTo(larger, 0);
                Volatile.Write(ref _rows, larger);
            }

            _rows[_count] = row;
            Volatile.Write(ref _count, _count + 1);
        }
    }
}
