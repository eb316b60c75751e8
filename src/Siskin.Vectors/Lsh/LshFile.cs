using System.Runtime.InteropServices;
using Siskin.Vectors.Persistence;

namespace Siskin.Vectors.Lsh;

/// <summary>What a file of kind "lsh" holds: settings, functions, one part as it is in memory, and rows added since.</summary>
/// <param name="Options">The settings as given.</param>
/// <param name="Model">Its settings are those with nothing left to choose.</param>
/// <param name="Part">What was built.</param>
/// <param name="AddedIds">Ids of the rows added since.</param>
/// <param name="AddedVectors">Row-major, as many rows as ids.</param>
/// <remarks>Sections of tables hold one table after the other. Functions are written down, because drawing them again would tie files to one random generator.</remarks>
internal sealed unsafe record LshFile(LshOptions Options, LshModel Model, LshPart Part, int[] AddedIds, float[] AddedVectors)
{
    private const string Kind = "lsh";
    private const int Version = 1;

    public static IndexFile OpenFile(string path, IndexOpenOptions? options) => IndexFile.Open(path, Kind, Version, Version, options);

    public static void Write(string path, LshOptions options, LshPart part, LshDelta? first)
    {
        using var writer = new IndexFileWriter(path, Kind, Version);
        var model = part.Model;
        LshFileOptions.Write(writer.Metadata, options, model, part);
        writer.WriteSection("centre", new ReadOnlySpan<float>(model.Centre, model.Dimensions));
        writer.WriteSection("functions", model.Functions.Directions);
        writer.WriteSection("offsets", model.Functions.Offsets);
        writer.WriteSection("multipliers", model.Multipliers.AsSpan());
        if (model.SketchDirections is { } sketch)
        {
            writer.WriteSection("sketch-functions", sketch.Rows);
        }

        part.Unverified?.EnsureVerified();
        writer.WriteSection("vectors", sizeof(float), part.Vectors, (long)part.Count * model.Dimensions * sizeof(float));
        writer.WriteSection("ids", sizeof(int), part.Ids, part.Count * 4L);
        writer.WriteSection("norms", sizeof(float), part.Norms, part.Count * 4L);
        writer.WriteSection("dead", part.Dead);
        WriteTables(writer, part);
        WriteAdded(writer, model.Dimensions, first);
        writer.Commit();
    }

    /// <param name="file">The file.</param>
    /// <param name="isMapped">Whether vectors stay in the file.</param>
    public static LshFile Read(IndexFile file, bool isMapped)
    {
        var (given, options, metric, d) = LshFileOptions.Read(file);
        var count = options.Tables * options.Functions;
        var centre = Verified(file, "centre", sizeof(float), d).ToArray<float>();
        var functions = new LshFunctions(
            options.Family,
            Directions(file, "functions", count, d + (options.Lift ? 1 : 0)),
            LshModel.WidthOf(options),
            Verified(file, "offsets", sizeof(float), count).ToArray<float>());
        var multipliers = Verified(file, "multipliers", sizeof(ulong), count).ToArray<ulong>();
        var sketch = options.Policy == LshPolicy.AtLeast || options.SketchBits == 0 ? null : Directions(file, "sketch-functions", options.SketchBits, d);
        var model = new LshModel(metric, options, centre, (float)file.Metadata.Double("lift-norm", 0, float.MaxValue), (functions, multipliers, sketch));

        var n = file.Metadata.Int32("rows", 0, int.MaxValue - 63);
        var vectors = file.Section("vectors", sizeof(float), (long)n * d);
        var dead = Verified(file, "dead", sizeof(ulong), (n + 63) / 64).ToArray<ulong>();
        var part = new LshPart(
            model,
            new BlockOf<float>(file, vectors, 0, vectors.Count),
            Block<int>(file, "ids", n),
            Block<float>(file, "norms", n),
            ReadTables(file, model, n),
            dead,
            file,
            vectors,
            isMapped);
        var addedIds = Verified(file, "added-ids", sizeof(int), -1).ToArray<int>();
        var addedVectors = Verified(file, "added-vectors", sizeof(float), (long)addedIds.Length * d).ToArray<float>();
        return new LshFile(given, model, part, addedIds, addedVectors);
    }

    private static void WriteTables(IndexFileWriter writer, LshPart part)
    {
        var (model, n) = (part.Model, part.Count);
        writer.WriteSection<int>("buckets", Array.ConvertAll(part.Tables, table => table.Buckets));
        Each("starts", sizeof(int), table => (nint)table.Starts, table => (table.Buckets + 1) * 4L);
        if (!part.Tables[0].IsDirect)
        {
            writer.BeginSection("keys", sizeof(ulong));
            foreach (var table in part.Tables)
            {
                writer.Write(table.Keys);
            }
        }

        Each("rows", sizeof(int), table => (nint)table.Rows, table => table.Rows is null ? 0 : n * 4L);
        Each("sketches", sizeof(ulong), table => (nint)table.Sketches, _ => HammingBlocks.Words(n, model.SketchWords) * 8L);
        Each("signatures", 1, table => (nint)table.Signatures, _ => (long)n * model.SignatureBytes);

        void Each(string name, int elementSize, Func<LshTable, nint> start, Func<LshTable, long> bytes)
        {
            writer.BeginSection(name, elementSize);
            foreach (var table in part.Tables)
            {
                writer.Write((void*)start(table), bytes(table));
            }
        }
    }

    private static LshTable[] ReadTables(IndexFile file, LshModel model, int n)
    {
        var count = model.Tables;
        var buckets = Verified(file, "buckets", sizeof(int), count).ToArray<int>();
        var direct = file.Metadata.Boolean("direct");
        if (model.HasBuckets ? direct && !(model.HasSigns && model.PerTable <= LshPartBuilder.MostDirectFunctions) : !direct)
        {
            throw file.Invalid($"metadata 'direct' is {direct}, which does not fit {model.PerTable} functions of {model.Options.Family} and {model.Options.Policy}");
        }

        var most = !direct ? n : model.HasBuckets ? 1 << model.PerTable : 1;
        var least = direct ? most : 0;
        var (all, later) = (0L, model.HasBuckets ? count - 1 : 0);
        foreach (var each in buckets)
        {
            if (each < least || each > most)
            {
                throw file.Invalid($"a table of {each} buckets, expected {least} to {most}", file.Section("buckets", sizeof(int)).Offset);
            }

            all += each;
        }

        var (words, bytes) = (HammingBlocks.Words(n, model.SketchWords), (long)n * model.SignatureBytes);
        var starts = Verified(file, "starts", sizeof(int), all + count);
        var keys = direct ? null : Verified(file, "keys", sizeof(ulong), all);
        var rows = Verified(file, "rows", sizeof(int), (long)later * n);
        var sketches = Verified(file, "sketches", sizeof(ulong), words * count);
        var signatures = Verified(file, "signatures", 1, bytes * count);
        CheckRows(file, rows, n);
        var tables = new LshTable[count];
        var first = 0L;
        for (var t = 0; t < count; t++)
        {
            var table = new BlockOf<int>(file, starts, first + t, buckets[t] + 1);
            CheckStarts(file, starts, table, n);
            tables[t] = new LshTable(
                buckets[t],
                table,
                keys is null ? null : new ReadOnlySpan<ulong>((ulong*)keys.Pointer + first, buckets[t]).ToArray(),
                t == 0 || later == 0 ? null : new BlockOf<int>(file, rows, (long)(t - 1) * n, n),
                model.SketchWords == 0 ? null : new BlockOf<ulong>(file, sketches, t * words, words),
                model.SignatureBytes == 0 ? null : new BlockOf<byte>(file, signatures, t * bytes, bytes));
            first += buckets[t];
        }

        return tables;
    }

    private static void WriteAdded(IndexFileWriter writer, int d, LshDelta? first)
    {
        var ids = new List<int>();
        for (var delta = first; delta is not null; delta = delta.Next)
        {
            for (var row = 0; row < delta.Count; row++)
            {
                if (!delta.IsDead(row))
                {
                    ids.Add(delta.Ids[row]);
                }
            }
        }

        writer.WriteSection<int>("added-ids", CollectionsMarshal.AsSpan(ids));
        writer.BeginSection("added-vectors", sizeof(float));
        for (var delta = first; delta is not null; delta = delta.Next)
        {
            for (var row = 0; row < delta.Count; row++)
            {
                if (!delta.IsDead(row))
                {
                    writer.Write(new ReadOnlySpan<float>(delta.Vectors + ((long)row * d), d));
                }
            }
        }
    }

    // Checksums only say that a file is as it was written; these numbers are used as addresses.
    private static void CheckStarts(IndexFile file, IndexSection section, BlockOf<int> starts, int n)
    {
        var isRising = starts.Pointer[0] == 0 && starts.Pointer[starts.Length - 1] == n;
        for (var i = 1L; i < starts.Length; i++)
        {
            isRising &= starts.Pointer[i] >= starts.Pointer[i - 1];
        }

        if (!isRising)
        {
            throw file.Invalid($"starts of buckets do not rise from 0 to {n}", section.Offset);
        }
    }

    private static void CheckRows(IndexFile file, IndexSection section, int n)
    {
        var isInside = true;
        for (var i = 0L; i < section.Count; i++)
        {
            isInside &= (uint)((int*)section.Pointer)[i] < (uint)n;
        }

        if (!isInside)
        {
            throw file.Invalid($"a bucket names a row outside of {n}", section.Offset);
        }
    }

    private static Projections Directions(IndexFile file, string name, int count, int dimensions)
    {
        var section = Verified(file, name, sizeof(float), (long)Projections.StrideOf(count) * dimensions);
        var rows = new BlockOf<float>(section.Count);
        new ReadOnlySpan<float>(section.Pointer, checked((int)section.Count)).CopyTo(new Span<float>(rows.Pointer, (int)section.Count));
        return new Projections(rows, count, dimensions);
    }

    private static BlockOf<T> Block<T>(IndexFile file, string name, long count)
        where T : unmanaged => new(file, Verified(file, name, sizeof(T), count), 0, count);

    private static IndexSection Verified(IndexFile file, string name, int elementSize, long count)
    {
        var section = file.Section(name, elementSize, count);
        section.EnsureVerified();
        return section;
    }
}
