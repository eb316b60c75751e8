using Siskin.Vectors.Memory;
using Siskin.Vectors.Persistence;
using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Hnsw;

/// <content>Saving and opening.</content>
public sealed unsafe partial class HnswIndex
{
    private readonly ReaderWriterLockSlim _saving = new();
    private readonly Lock _checkLock = new();
    private HnswFile? _file;
    private long _mappedOriginals;
    private bool _isUnchecked;

    /// <summary>Opens a saved index.</summary>
    /// <param name="path">The file; while it is open it may be replaced by a new one, but not be changed in place.</param>
    /// <param name="options">
    /// How; null takes the defaults: everything is mapped and compared with its checksums on first use. With
    /// <see cref="IndexOpenOptions.InMemory"/> rows and links are copied into memory, which makes searches faster; whole
    /// vectors that are kept beside compressed ones stay in the file.
    /// </param>
    /// <returns>The index. It can be changed; the file stays as it is.</returns>
    /// <exception cref="ModelFormatException">The file is damaged, of another kind, or of a version that is not read.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <remarks>
    /// Reads the header and 13 bytes per vector; the first change reads and checks all the rest. A search that meets a
    /// damaged part throws <see cref="ModelFormatException"/>.
    /// </remarks>
    public static HnswIndex Open(string path, IndexOpenOptions? options = null)
    {
        var file = IndexFile.Open(path, HnswFile.Kind, HnswFile.Version, HnswFile.Version, options, name => name != "originals");
        try
        {
            var index = new HnswIndex(ReadCodec(file), ReadOptions(file));
            try
            {
                index.Read(file);
                return index;
            }
            catch
            {
                index.Dispose();
                throw;
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Searches go on meanwhile; adds and removes wait.</remarks>
    public void Save(string path)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        lock (_upkeepLock)
        {
            _saving.EnterWriteLock();
            try
            {
                EnsureChecked();
                using var writer = new IndexFileWriter(path, HnswFile.Kind, HnswFile.Version);
                Write(writer);
                writer.Commit();
            }
            finally
            {
                _saving.ExitWriteLock();
            }
        }
    }

    private void Write(IndexFileWriter writer)
    {
        var entry = _graph.ReadEntry(out var level);
        var metadata = writer.Metadata;
        metadata.Set("metric", Metric);
        metadata.Set("dimensions", Dimensions);
        metadata.Set("format", _codec.Format);
        metadata.Set("row_bytes", _codec.RowBytes);
        metadata.Set("m", _options.M);
        metadata.Set("ef_construction", _options.EfConstruction);
        metadata.Set("ef_search", _options.EfSearch);
        metadata.Set("rescore_extra", _options.RescoreExtra);
        metadata.Set("keep_originals", _options.KeepOriginals);
        metadata.Set("seed", _options.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
        metadata.Set("slots", _used);
        metadata.Set("upper_lists", _graph.UpperUsed);
        metadata.Set("entry", entry);
        metadata.Set("entry_level", entry < 0 ? 0 : level);
        writer.WriteSection<byte>("codec", _codec.ToBytes());
        Write("states", _states, _used);
        Write("ids", _ids, _used);
        Write("upper-start", _graph.UpperStart, _used);
        Write("upper", _graph.Upper, _graph.UpperUsed);
        Write("links", _graph.Base, _used);
        Write("rows", _rows, _used);
        if (_originals is not null)
        {
            Write("originals", _originals, _used);
        }

        void Write(string name, ChunkedRows rows, int count)
        {
            writer.BeginSection(name, rows.Stride);
            for (var row = 0; row < count; row += ChunkedRows.ChunkRows)
            {
                writer.Write(rows.Row(row), (long)Math.Min(count - row, ChunkedRows.ChunkRows) * rows.Stride);
            }
        }
    }

    private static RowCodec ReadCodec(IndexFile file)
    {
        var metadata = file.Metadata;
        var format = metadata.Enumeration<VectorFormat>("format");
        var section = file.Section("codec", 1);
        try
        {
            var codec = RowCodecs.Load(format, metadata.Enumeration<VectorMetric>("metric"), metadata.Int32("dimensions", 1, MaxDimensions), section.ToArray<byte>());
            return codec.RowBytes == metadata.Int32("row_bytes", 1, int.MaxValue)
                ? codec
                : throw file.Invalid($"rows of {metadata.Text("row_bytes")} bytes; format {format} has {codec.RowBytes}");
        }
        catch (ArgumentException e)
        {
            throw file.Invalid($"what the {format} rows were learned by cannot be read: {e.Message}", section.Offset);
        }
    }

    private static HnswOptions ReadOptions(IndexFile file)
    {
        var metadata = file.Metadata;
        return new()
        {
            M = metadata.Int32("m", 2, 128),
            EfConstruction = metadata.Int32("ef_construction", 8, 10_000),
            EfSearch = metadata.Int32("ef_search", 1, 100_000),
            RescoreExtra = metadata.Int32("rescore_extra", 0, 10_000),
            Format = metadata.Enumeration<VectorFormat>("format"),
            KeepOriginals = metadata.Boolean("keep_originals"),
            Seed = ulong.TryParse(metadata.Text("seed"), out var seed) ? seed : throw file.Invalid($"metadata 'seed' is '{metadata.Text("seed")}', expected a number"),
        };
    }

    private void Read(IndexFile file)
    {
        var slots = file.Metadata.Int32("slots", 0, Array.MaxLength);
        var upperLists = file.Metadata.Int32("upper_lists", 0, Array.MaxLength);
        Small("states", _states, slots);
        Small("ids", _ids, slots);
        Small("upper-start", _graph.UpperStart, slots);
        Small("upper", _graph.Upper, upperLists);
        _graph.Base.Open(file.Section("links", _graph.Base.Stride, slots), slots);
        _rows.Open(file.Section("rows", _rows.Stride, slots), slots);
        if (_originals is not null)
        {
            var originals = file.Section("originals", _originals.Stride, slots);
            _originals.Open(originals, slots);
            _mappedOriginals = originals.Length;
        }

        _used = slots;
        _graph.RestoreUpper(upperLists);
        CountStates(file, slots);
        var entry = file.Metadata.Int32("entry", -1, slots - 1);
        var level = file.Metadata.Int32("entry_level", 0, HnswGraph.MaxLevel);
        if ((entry < 0 && _live > 0) || (entry >= 0 && level != _graph.LevelOf(entry)))
        {
            throw file.Invalid($"searches enter at slot {entry} on layer {level}, where it is not");
        }

        _graph.WriteEntry(entry, level);
        _isUnchecked = true;
        _file = _graph.File = new HnswFile(file, slots);

        void Small(string name, ChunkedRows rows, int count)
        {
            var section = file.Section(name, rows.Stride, count);
            section.EnsureVerified();
            rows.Open(section, count);
        }
    }

    private void CountStates(IndexFile file, int slots)
    {
        var free = 0;
        for (var row = 0; row < slots; row += ChunkedRows.ChunkRows)
        {
            var count = Math.Min(slots - row, ChunkedRows.ChunkRows);
            var states = new ReadOnlySpan<SlotState>(_states.Row(row), count);
            var (live, removed) = (0, 0);
            foreach (var state in states)
            {
                live += state == SlotState.Live ? 1 : 0;
                removed += state == SlotState.Removed ? 1 : 0;
                free += state == SlotState.Free ? 1 : 0;
            }

            (_live, _removed) = (_live + live, _removed + removed);
            var unlikely = new ReadOnlySpan<int>((int*)_ids.Row(row), count).IndexOfAnyExceptInRange(0, int.MaxValue);
            if (unlikely >= 0)
            {
                throw file.Invalid($"slot {row + unlikely} has a negative id", file.Section("ids", sizeof(int)).Offset);
            }
        }

        if (_live + _removed + free != slots)
        {
            throw file.Invalid("a slot is neither free, nor in use, nor removed", file.Section("states", 1).Offset);
        }

        for (var slot = 0; slot < slots && free > 0; slot++)
        {
            if (StateOf(slot) == SlotState.Free)
            {
                _freeSlots.Enqueue(slot);
                free--;
            }
        }
    }

    // The graph of a file is walked with care; changing it trusts it, so everything is made sure of first, once.
    internal void EnsureChecked()
    {
        if (!Volatile.Read(ref _isUnchecked))
        {
            return;
        }

        lock (_checkLock)
        {
            if (_isUnchecked && _file is not null)
            {
                _file.EnsureAll();
                if (_graph.Fault(_used) is { } fault)
                {
                    throw _file.Invalid(fault);
                }

                _graph.File = null;
                Volatile.Write(ref _isUnchecked, false);
            }
        }
    }
}
