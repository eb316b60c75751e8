namespace Siskin.Vectors.Exact;

public sealed partial class ExactIndex
{
    private const int SegmentFloats = 1 << 18;

    /// <inheritdoc/>
    /// <remarks>O(d) but for the copying of stretches that are mostly removed, which comes to O(d) per change over time.</remarks>
    public void Add(int id, ReadOnlySpan<float> vector)
    {
        CheckVector(vector, nameof(vector));
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        lock (_changes)
        {
            EnsurePlaced();
            MakeRoom();
            var version = _snapshot.Version + 1;
            var replaced = Hide(id, version);
            Append(id, vector);
            Publish(version, _snapshot.Alive + (replaced is null ? 1 : 0), replaced);
        }
    }

    /// <inheritdoc/>
    public bool Remove(int id)
    {
        lock (_changes)
        {
            EnsurePlaced();
            var version = _snapshot.Version + 1;
            if (Hide(id, version) is not { } segment)
            {
                return false;
            }

            _places.Remove(id);
            Publish(version, _snapshot.Alive - 1, segment);
            return true;
        }
    }

    private ExactSegment? Hide(int id, long version)
    {
        // Wrapped rows are found by their number; an id that left them is in the dictionary or nowhere.
        if (!_places.TryGetValue(id, out var place))
        {
            if (_wrapped is null || (uint)id >= (uint)_wrapped.Count || !_wrapped.IsAlive(id, long.MaxValue))
            {
                return null;
            }

            place = (_wrapped, id);
        }

        place.Segment.Remove(place.Row, version);
        return place.Segment;
    }

    private void Append(int id, ReadOnlySpan<float> vector)
    {
        MakeRoom();
        var segment = _segments[^1];
        _places[id] = (segment, segment.Append(id, vector));
    }

    private void MakeRoom()
    {
        if (_segments.Count == 0 || _segments[^1].Count == _segments[^1].Capacity)
        {
            _segments.Add(new ExactSegment(Math.Max(64, SegmentFloats / Dimensions), Dimensions, Metric == VectorMetric.Cosine));
        }
    }

    // All of a change becomes visible at once. Searches of earlier versions keep the segments that are dropped here.
    private void Publish(long version, int alive, ExactSegment? touched)
    {
        CompactIfSparse(touched, version);
        CompactIfSparse(_segments.Count > 0 ? _segments[^1] : null, version);
        var segments = _snapshot.Segments.AsSpan().SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_segments)) ? _snapshot.Segments : [.. _segments];
        Volatile.Write(ref _snapshot, new ExactSnapshot(version, segments, segments.Length == 0 ? 0 : segments[^1].Count, alive));
    }

    private void CompactIfSparse(ExactSegment? segment, long version)
    {
        if (segment is null || segment.Count < segment.Capacity || 2 * segment.Removed <= segment.Count || !_segments.Remove(segment))
        {
            return;
        }

        for (var row = 0; row < segment.Count; row++)
        {
            if (segment.IsAlive(row, version))
            {
                Append(segment.Id(row), segment.Row(row));
            }
        }

        if (segment == _wrapped)
        {
            _wrapped = null;
        }
    }
}
