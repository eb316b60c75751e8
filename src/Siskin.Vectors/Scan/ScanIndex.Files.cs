using Siskin.Vectors.Persistence;
using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Scan;

/// <content>Saving and opening.</content>
public sealed unsafe partial class ScanIndex
{
    private const string Kind = "scan";
    private const int Version = 2;

    private IndexFile? _file;
    private IndexSection? _fileCodes;
    private IndexSection? _fileIds;
    private IndexSection? _fileOriginals;
    private long[] _fileCodeStarts = [];
    private long _mappedOriginals;

    /// <summary>Opens a saved index.</summary>
    /// <param name="path">The file; while it is open it may be replaced by a new one, but not be changed in place.</param>
    /// <param name="options">
    /// How; null takes the defaults: everything is mapped and compared with its checksums on first use. With
    /// <see cref="IndexOpenOptions.InMemory"/> codes and ids are copied into memory; whole vectors that are kept beside
    /// codes stay in the file.
    /// </param>
    /// <returns>The index. It can be changed; the file stays as it is.</returns>
    /// <exception cref="ModelFormatException">The file is damaged, of another kind, or of a version that is not read.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <remarks>Reads the header and the centroids; the first change reads all the rest. A search that meets a damaged part throws <see cref="ModelFormatException"/>.</remarks>
    public static ScanIndex Open(string path, IndexOpenOptions? options = null)
    {
        var file = IndexFile.Open(path, Kind, Version, Version, options, name => name != "originals");
        try
        {
            var metadata = file.Metadata;
            var metric = metadata.Enumeration<VectorMetric>("metric");
            var d = metadata.Int32("dimensions", 1, MaxDimensions);
            var scan = ReadOptions(file, d);
            var lists = Math.Max(1, scan.Lists);
            var section = file.Section("centroids", sizeof(float), (long)lists * d);
            var centroids = section.ToArray<float>();
            if (centroids.AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) >= 0)
            {
                throw file.Invalid("a centroid has a number that is not finite", section.Offset);
            }

            var index = new ScanIndex(metric, d, scan, new(centroids, metric, d), ReadCodec(file, metric, d, scan.Format));
            try
            {
                index._depth = ReadDepth(file);
                index.Read(file);
                index._file = file;
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
    /// <remarks>Searches go on meanwhile; adds and removes wait. Rows that were removed are left out.</remarks>
    public void Save(string path)
    {
        lock (_changes)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            EnsureAllVerified();
            for (var number = 0; number < _lists.Length; number++)
            {
                if (_lists[number].Removed > 0)
                {
                    Compact(number, _lists[number].Count - _lists[number].Removed);
                }
            }

            using var writer = new IndexFileWriter(path, Kind, Version);
            Write(writer);
            writer.Commit();
        }
    }

    private static ScanOptions ReadOptions(IndexFile file, int d)
    {
        var metadata = file.Metadata;
        return new()
        {
            Lists = metadata.Int32("lists", 0, 1_000_000),
            Probes = metadata.Int32("probes", 1, 1_000_000),
            Format = metadata.Enumeration<VectorFormat>("format"),
            SubSpaces = metadata.Int32("sub_spaces", 1, Math.Min(d, FastScanCodec.MaxSubSpaces)),
            RescoreFactor = metadata.Int32("rescore_factor", 0, 1000),
            Seed = ulong.TryParse(metadata.Text("seed"), out var seed) ? seed : throw file.Invalid($"metadata 'seed' is '{metadata.Text("seed")}', expected a number"),
        };
    }

    private static ListCodec ReadCodec(IndexFile file, VectorMetric metric, int d, VectorFormat format)
    {
        var section = file.Section("codec", 1);
        try
        {
            var bytes = section.ToArray<byte>();
            return format == VectorFormat.ProductQuantized
                ? FastScanCodec.FromBytes(metric, d, bytes)
                : RowListCodec.Create(RowCodecs.Load(format, metric, d, bytes));
        }
        catch (ArgumentException e)
        {
            throw file.Invalid($"what the {format} rows were learned by cannot be read: {e.Message}", section.Offset);
        }
    }

    private static RescoreDepth ReadDepth(IndexFile file)
    {
        var section = file.Section("rescore", sizeof(float));
        var factors = section.ToArray<float>();
        return factors.Length is > 0 and <= 32 && factors.AsSpan().IndexOfAnyExceptInRange(1, RescoreDepth.MaxFactor) < 0
            ? new(factors)
            : throw file.Invalid($"{factors.Length} factors of vectors scored again, expected 1 to 32, each 1 to {RescoreDepth.MaxFactor}", section.Offset);
    }

    private void Write(IndexFileWriter writer)
    {
        var metadata = writer.Metadata;
        metadata.Set("metric", Metric);
        metadata.Set("dimensions", Dimensions);
        metadata.Set("lists", Options.Lists);
        metadata.Set("probes", Options.Probes);
        metadata.Set("format", Options.Format);
        metadata.Set("sub_spaces", Options.SubSpaces);
        metadata.Set("rescore_factor", Options.RescoreFactor);
        metadata.Set("seed", Options.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
        metadata.Set("count", Count);
        writer.WriteSection<byte>("codec", _codec.ToBytes());
        writer.WriteSection("centroids", _coarse.Centroids);
        writer.WriteSection("rescore", _depth.Factors);
        writer.BeginSection("list-rows", sizeof(int));
        foreach (var list in _lists)
        {
            writer.Write<int>([list.Count]);
        }

        writer.BeginSection("ids", sizeof(int));
        foreach (var list in _lists)
        {
            writer.Write(list.Ids, list.Count * (long)sizeof(int));
        }

        writer.BeginSection("codes");
        foreach (var list in _lists)
        {
            writer.Write(list.Codes, _codec.Bytes(list.Count));
        }

        if (!IsWhole)
        {
            writer.BeginSection("originals", OriginalStride);
            foreach (var list in _lists)
            {
                writer.Write(list.Originals, list.Count * (long)OriginalStride);
            }
        }
    }

    private void Read(IndexFile file)
    {
        var section = file.Section("list-rows", sizeof(int), _lists.Length);
        var counts = section.ToArray<int>();
        var (rows, bytes) = (0L, 0L);
        _fileCodeStarts = new long[counts.Length + 1];
        for (var number = 0; number < counts.Length; number++)
        {
            if (counts[number] < 0 || rows + counts[number] > Array.MaxLength)
            {
                throw file.Invalid($"list {number} has {counts[number]} rows after {rows} of other lists", section.Offset);
            }

            (rows, bytes) = (rows + counts[number], bytes + _codec.Bytes(counts[number]));
            _fileCodeStarts[number + 1] = bytes;
        }

        _live = file.Metadata.Int32("count", 0, Array.MaxLength);
        if (_live != rows)
        {
            throw file.Invalid($"{_live} vectors, but lists of {rows}", section.Offset);
        }

        _fileCodes = file.Section("codes", 1, bytes);
        _fileIds = file.Section("ids", sizeof(int), rows);
        _fileOriginals = IsWhole ? null : file.Section("originals", OriginalStride, rows);
        _mappedOriginals = rows * OriginalStride;
        var first = 0;
        for (var number = 0; number < counts.Length; number++)
        {
            var codes = _fileCodes.Pointer + _fileCodeStarts[number];
            var originals = _fileOriginals is null ? codes : _fileOriginals.Pointer + ((long)first * OriginalStride);
            _lists[number] = new(codes, (int*)_fileIds.Pointer + first, originals, counts[number], first);
            first += counts[number];
        }
    }

    // What a scan of a list reads, before it does.
    private void EnsureVerified(ScanList list, int number, int count)
    {
        if (list.FileRow >= 0 && !_file!.AllVerified)
        {
            _fileCodes!.EnsureVerified(_fileCodeStarts[number], _codec.Bytes(count));
            _fileIds!.EnsureVerified((long)list.FileRow * sizeof(int), (long)count * sizeof(int));
        }
    }

    private void EnsureOriginal(ScanList list, int row)
    {
        if (list.FileRow >= 0 && !_file!.AllVerified)
        {
            _fileOriginals!.EnsureVerified((list.FileRow + (long)row) * OriginalStride, OriginalStride);
        }
    }

    private void EnsureAllVerified()
    {
        if (_file is { AllVerified: false })
        {
            _fileCodes!.EnsureVerified();
            _fileIds!.EnsureVerified();
            _fileOriginals?.EnsureVerified();
        }
    }
}
