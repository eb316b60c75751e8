using Siskin.Data.Catalogue;
using Siskin.Serving.Releases;
using Siskin.Vectors;

namespace Siskin.Serving.Snapshot;

/// <summary>The posted vectors of a snapshot's items: the release's index, and beside it one of what was posted or changed since.</summary>
/// <remarks>
/// <para>
/// Searches run beside one writer, who is serialised by the caller. The release's index is never written to, because
/// other snapshots may share it: rows of it that were changed or removed are masked here instead, once for the
/// snapshot's life, and what such an item carries from then on lies in the overlay's index.
/// </para>
/// <para>
/// A new vector is added to the overlay before the old one is masked, and searches look into the release's index before
/// the overlay's. So an item that changes meanwhile is found by its old vector, by the new one, or by both; never by none.
/// </para>
/// </remarks>
internal sealed class ContentSpace
{
    private readonly Release _release;
    private readonly IVectorIndex? _released;
    private readonly IVectorIndex _overlay;
    private readonly Dictionary<int, ReadOnlyMemory<float>> _posted = [];
    private readonly ulong[] _inForce;
    private readonly int _releasedRows;
    private int _masked;

    /// <summary>Lays an empty overlay over a release's vectors.</summary>
    /// <param name="release">The release; its vectors count when they have the same length.</param>
    /// <param name="dimensions">Length of the vectors.</param>
    public ContentSpace(Release release, int dimensions)
    {
        _release = release;
        Dimensions = dimensions;
        _released = release.Indexes.Content is { } content && content.Dimensions == dimensions ? content : null;
        _overlay = IndexChoice.Growable(dimensions, VectorMetric.Cosine);
        _releasedRows = _released is null ? 0 : release.Items.Count;
        _inForce = new ulong[(_releasedRows + 63) / 64];
        _inForce.AsSpan().Fill(ulong.MaxValue);
    }

    /// <summary>Length of the vectors.</summary>
    public int Dimensions { get; }

    /// <summary>Whether no item has a vector.</summary>
    public bool IsEmpty => ReleasedCount + _overlay.Count == 0;

    private int ReleasedCount => (_released?.Count ?? 0) - Volatile.Read(ref _masked);

    /// <summary>Puts an item's vector in force, or takes it away when the item has none.</summary>
    /// <param name="row">Row of the item.</param>
    /// <param name="item">The item as it is now.</param>
    public void Set(int row, Item item) => Set(row, ContentVector.Of(item, Dimensions));

    /// <summary>Takes an item's vector away.</summary>
    /// <param name="row">Row of the item.</param>
    public void Remove(int row) => Set(row, default(ReadOnlyMemory<float>));

    /// <summary>Finds the release's vectors nearest to a query, those left out that have changed since.</summary>
    /// <param name="query">Length d.</param>
    /// <param name="ids">Output: rows, nearest first.</param>
    /// <param name="scores">Output: cosines.</param>
    /// <param name="allows">Says which rows may be found.</param>
    /// <returns>How many were found.</returns>
    public int SearchReleased(ReadOnlySpan<float> query, Span<int> ids, Span<float> scores, Func<int, bool> allows)
    {
        if (ReleasedCount == 0)
        {
            return 0;
        }

        var options = new SearchOptions { Allowed = Volatile.Read(ref _masked) > 0 ? _inForce : default(ReadOnlySpan<ulong>), Predicate = allows };
        return _released!.Search(query, ids, scores, options);
    }

    /// <summary>Finds the vectors nearest to a query among those posted or changed since the release; to be asked after <see cref="SearchReleased"/>.</summary>
    /// <param name="query">Length d.</param>
    /// <param name="ids">Output: rows, nearest first.</param>
    /// <param name="scores">Output: cosines.</param>
    /// <param name="allows">Says which rows may be found.</param>
    /// <returns>How many were found.</returns>
    public int SearchOverlay(ReadOnlySpan<float> query, Span<int> ids, Span<float> scores, Func<int, bool> allows) =>
        _overlay.Count == 0 ? 0 : _overlay.Search(query, ids, scores, new SearchOptions { Predicate = allows });

    /// <summary>Which indexes answer, for people: "hnsw 41,000 rows + 12 since".</summary>
    public string Describe() =>
        string.Join(" + ", new[] { ReleasedCount > 0 ? $"{IndexChoice.NameOf(_released!)} {ReleasedCount:N0} rows" : null, _overlay.Count > 0 ? $"{_overlay.Count:N0} since the release" : null }.Where(p => p is not null));

    private void Set(int row, ReadOnlyMemory<float> vector)
    {
        if (row < _releasedRows && (_inForce[row >> 6] >> (row & 63) & 1) != 0)
        {
            var released = ContentVector.Of(_release.Items[row], Dimensions);
            if (!vector.Span.SequenceEqual(released.Span))
            {
                Post(row, vector);
                Volatile.Write(ref _inForce[row >> 6], _inForce[row >> 6] & ~(1ul << (row & 63)));
                Volatile.Write(ref _masked, _masked + (released.IsEmpty ? 0 : 1));
            }
        }
        else
        {
            Post(row, vector);
        }
    }

    private void Post(int row, ReadOnlyMemory<float> vector)
    {
        if (vector.IsEmpty)
        {
            if (_posted.Remove(row))
            {
                _overlay.Remove(row);
            }
        }
        else if (!_posted.TryGetValue(row, out var before) || !before.Span.SequenceEqual(vector.Span))
        {
            _overlay.Add(row, vector.Span);
            _posted[row] = vector;
        }
    }
}
