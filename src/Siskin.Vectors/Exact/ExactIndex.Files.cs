using System.Runtime.InteropServices;
using Siskin.Vectors.Persistence;

namespace Siskin.Vectors.Exact;

public sealed partial class ExactIndex
{
    private const string Kind = "exact";
    private const int KindVersion = 1;

    private IndexFile? _file;
    private IndexSection? _unverified;
    private List<ExactSegment>? _unplaced;

    /// <summary>Opens a saved index.</summary>
    /// <param name="path">The file; while it is open it may be replaced by a new one, but not be changed in place.</param>
    /// <param name="options">How; null takes the defaults: mapped, and compared with its checksums by the first search.</param>
    /// <returns>The index. It can be changed; the file stays as it is.</returns>
    /// <exception cref="ModelFormatException">The file is damaged, of another kind, or of a version that is not read.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <remarks>Reads the header, and four bytes per vector where ids are not row numbers and for cosine. A search of a damaged file throws.</remarks>
    public static ExactIndex Open(string path, IndexOpenOptions? options = null)
    {
        var file = IndexFile.Open(path, Kind, KindVersion, KindVersion, options);
        try
        {
            var index = new ExactIndex(file.Metadata.Int32("dimensions", 1, 1 << 20), file.Metadata.Enumeration<VectorMetric>("metric"));
            index.Read(file);
            return index;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Writes what a search that begins now would see; searches and changes go on meanwhile.</remarks>
    public void Save(string path)
    {
        EnsureVerified();
        var snapshot = Volatile.Read(ref _snapshot);
        using var writer = new IndexFileWriter(path, Kind, KindVersion);
        var isDense = snapshot.Segments.Length == 0 || (snapshot.Segments.Length == 1 && snapshot.Segments[0].IsDense && snapshot.Alive == snapshot.LastCount);
        writer.Metadata.Set("dimensions", Dimensions);
        writer.Metadata.Set("metric", Metric);
        writer.Metadata.Set("count", snapshot.Alive);
        writer.Metadata.Set("ids_are_rows", isDense);
        if (!isDense)
        {
            writer.BeginSection("ids", sizeof(int));
            ForEachRun(snapshot, (segment, start, count) =>
            {
                for (var row = start; row < start + count; row++)
                {
                    var id = segment.Id(row);
                    writer.Write<int>(new ReadOnlySpan<int>(in id));
                }
            });
        }

        if (Metric == VectorMetric.Cosine)
        {
            writer.BeginSection("norms", sizeof(float));
            ForEachRun(snapshot, (segment, start, count) => writer.Write(segment.InverseNorms.Slice(start, count)));
        }

        writer.BeginSection("rows", Dimensions * sizeof(float));
        ForEachRun(snapshot, (segment, start, count) => writer.Write(segment.Rows.Span.Slice(start * Dimensions, count * Dimensions)));
        writer.Commit();
        GC.KeepAlive(this);
    }

    /// <summary>Closes the file that the index was opened from, if any.</summary>
    public void Dispose() => _file?.Dispose();

    // Stretches of rows that can be found.
    private static void ForEachRun(ExactSnapshot snapshot, Action<ExactSegment, int, int> visit)
    {
        for (var i = 0; i < snapshot.Segments.Length; i++)
        {
            var segment = snapshot.Segments[i];
            var rows = snapshot.CountOf(i);
            for (var row = 0; row < rows;)
            {
                var start = row;
                while (row < rows && segment.IsAlive(row, snapshot.Version))
                {
                    row++;
                }

                if (row > start)
                {
                    visit(segment, start, row - start);
                }

                row++;
            }
        }
    }

    private unsafe void Read(IndexFile file)
    {
        var count = file.Metadata.Int32("count", 0, Array.MaxLength);
        var ids = file.Metadata.Boolean("ids_are_rows") ? null : file.Section("ids", sizeof(int), count).ToArray<int>();
        var norms = Metric == VectorMetric.Cosine ? file.Section("norms", sizeof(float), count).ToArray<float>() : [];
        var rows = file.Section("rows", Dimensions * sizeof(float), count);
        if (ids is not null && ids.AsSpan().IndexOfAnyExceptInRange(0, int.MaxValue) is var at and >= 0)
        {
            throw file.Invalid($"vector {at} has the id {ids[at]}", file.Section("ids", sizeof(int)).Offset + (4L * at));
        }

        // As many rows at once as a span can show.
        var most = (Array.MaxLength / Dimensions) & ~63;
        for (var first = 0; first < count; first += most)
        {
            var part = Math.Min(most, count - first);
            var memory = new MappedFloats((float*)(rows.Pointer + ((long)first * rows.ElementSize)), part * Dimensions).Memory;
            var partIds = ids?[first..(first + part)] ?? (first > 0 ? [.. Enumerable.Range(first, part)] : null);
            var segment = new ExactSegment(memory, Dimensions, norms.Length > 0 ? norms[first..(first + part)] : [], partIds);
            _segments.Add(segment);
            if (partIds is null)
            {
                _wrapped = segment;
            }
            else
            {
                (_unplaced ??= []).Add(segment);
            }
        }

        _file = file;
        _unverified = rows;
        _snapshot = new ExactSnapshot(0, [.. _segments], _segments.Count == 0 ? 0 : _segments[^1].Count, count);
    }

    // A search touches every row, so all are made sure of before the first.
    private void EnsureVerified()
    {
        if (Volatile.Read(ref _unverified) is { } rows)
        {
            rows.EnsureVerified();
            Volatile.Write(ref _unverified, null);
        }
    }

    // Where the ids of wrapped rows are is needed from the first change on.
    private void EnsurePlaced()
    {
        EnsureVerified();
        if (_unplaced is null)
        {
            return;
        }

        foreach (var segment in _unplaced)
        {
            for (var row = 0; row < segment.Count; row++)
            {
                ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, segment.Id(row), out var exists);
                if (exists)
                {
                    var message = $"two vectors have the id {segment.Id(row)}";
                    throw _file?.Invalid(message) ?? (Exception)new InvalidOperationException(message);
                }

                place = (segment, row);
            }
        }

        _unplaced = null;
    }
}
