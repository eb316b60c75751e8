namespace Siskin.Vectors.Lsh;

/// <summary>Builds a part: hashes all rows, sorts them by bucket, and lays out the tables.</summary>
/// <param name="model">The functions.</param>
/// <param name="threads">How many threads hash; does not change the result.</param>
internal sealed unsafe class LshPartBuilder(LshModel model, int threads)
{
    /// <summary>With more, patterns of signs are looked up.</summary>
    public const int MostDirectFunctions = 22;

    private const int ChunkRows = 4096;

    private readonly int _tables = model.Tables;
    private readonly int _words = model.SketchWords;

    /// <summary>Builds a part of n rows.</summary>
    /// <param name="vectors">n × d, ready; taken over, and no longer to be used, because rows are put into another order.</param>
    /// <param name="ids">n ids, all different.</param>
    public LshPart Build(BlockOf<float> vectors, ReadOnlySpan<int> ids)
    {
        var n = ids.Length;
        var d = model.Dimensions;
        var norms = new BlockOf<float>(n);
        var keys = new BlockOf<ulong>(model.HasBuckets ? (long)n * _tables : 0);

        // Sketch of a row; of the signature of signs one per table.
        var sketchesPerRow = model.HasBuckets ? 1 : _tables;
        var sketches = new BlockOf<ulong>((long)n * _words * sketchesPerRow);
        var signatures = new BlockOf<byte>((long)n * model.SignatureBytes * _tables);
        Hash(n, vectors.Pointer, norms.Pointer, keys.Pointer, sketches.Pointer, signatures.Pointer);

        // Rows take the order of the first table; order[r] is where row r was given.
        var order = new int[n];
        var firstKeys = SortByBucket(n, keys.Pointer, 0, norms.Pointer, order);
        var sorted = new BlockOf<float>((long)n * d);
        var sortedIds = new BlockOf<int>(n);
        var sortedNorms = new BlockOf<float>(n);
        For(n, (start, end) =>
        {
            for (var row = start; row < end; row++)
            {
                new ReadOnlySpan<float>(vectors.Pointer + ((long)order[row] * d), d).CopyTo(new Span<float>(sorted.Pointer + ((long)row * d), d));
                sortedNorms.Pointer[row] = norms.Pointer[order[row]];
            }
        });
        var place = new int[n];
        for (var row = 0; row < n; row++)
        {
            sortedIds.Pointer[row] = ids[order[row]];
            place[order[row]] = row;
        }

        var tables = new LshTable[_tables];
        for (var t = 0; t < _tables; t++)
        {
            var given = order;
            var bucketKeys = firstKeys;
            BlockOf<int>? rows = null;
            if (t > 0 && model.HasBuckets)
            {
                given = new int[n];
                bucketKeys = SortByBucket(n, keys.Pointer, t, norms.Pointer, given);
                rows = new BlockOf<int>(n);
                for (var position = 0; position < n; position++)
                {
                    rows.Pointer[position] = place[given[position]];
                }
            }

            tables[t] = Lay(n, t, given, bucketKeys, rows, sketches.Pointer, sketchesPerRow, signatures.Pointer);
        }

        GC.KeepAlive(keys);
        GC.KeepAlive(norms);
        GC.KeepAlive(sketches);
        GC.KeepAlive(signatures);
        GC.KeepAlive(vectors);
        return new LshPart(model, sorted, sortedIds, sortedNorms, tables);
    }

    private void Hash(int n, float* vectors, float* norms, ulong* keys, ulong* sketches, byte* signatures)
    {
        var d = model.Dimensions;
        For(n, (start, end) =>
        {
            var room = new BlockOf<float>(model.Values + model.HashedDimensions);
            var values = room.Pointer;
            var centred = room.Pointer + model.Values;
            for (var row = start; row < end; row++)
            {
                norms[row] = model.Centred(vectors + ((long)row * d), centred);
                if (model.HasBuckets)
                {
                    model.Sketch(centred, values, sketches + ((long)row * _words));
                }

                model.Project(centred, values);
                for (var t = 0; t < _tables; t++)
                {
                    if (model.HasBuckets)
                    {
                        keys[((long)t * n) + row] = model.Key(values, t);
                    }
                    else if (model.HasSigns)
                    {
                        model.SignSignature(values, t, sketches + ((((long)row * _tables) + t) * _words));
                    }
                    else
                    {
                        model.IntegerSignature(values, t, 0, signatures + ((((long)row * _tables) + t) * model.SignatureBytes));
                    }
                }
            }

            GC.KeepAlive(room);
        });
    }

    // Fills order with the rows as given, sorted by key and then by falling norm; returns the key at each position.
    private ulong[] SortByBucket(int n, ulong* keys, int table, float* norms, int[] order)
    {
        for (var row = 0; row < n; row++)
        {
            order[row] = row;
        }

        if (!model.HasBuckets)
        {
            return [];
        }

        var sorted = new ReadOnlySpan<ulong>(keys + ((long)table * n), n).ToArray();
        Array.Sort(sorted, order);
        var falling = new float[n];
        for (var position = 0; position < n; position++)
        {
            falling[position] = -norms[order[position]];
        }

        for (var start = 0; start < n;)
        {
            var end = start + 1;
            while (end < n && sorted[end] == sorted[start])
            {
                end++;
            }

            // Equal norms in the order given, so that the result depends on nothing else.
            if (end - start > 1)
            {
                Array.Sort(order, start, end - start);
            }

            for (var position = start; position < end; position++)
            {
                falling[position] = -norms[order[position]];
            }

            Array.Sort(falling, order, start, end - start);
            start = end;
        }

        return sorted;
    }

    private LshTable Lay(int n, int table, int[] given, ulong[] keys, BlockOf<int>? rows, ulong* sketches, int sketchesPerRow, byte* signatures)
    {
        BlockOf<ulong>? blocks = null;
        if (_words > 0)
        {
            blocks = new BlockOf<ulong>(HammingBlocks.Words(n, _words));
            var which = sketchesPerRow == 1 ? 0 : table;
            for (var position = 0; position < n; position++)
            {
                HammingBlocks.Set(blocks.Pointer, position, _words, sketches + ((((long)given[position] * sketchesPerRow) + which) * _words));
            }
        }

        BlockOf<byte>? bytes = null;
        if (model.SignatureBytes > 0)
        {
            bytes = new BlockOf<byte>((long)n * model.SignatureBytes);
            for (var position = 0; position < n; position++)
            {
                var from = signatures + ((((long)given[position] * _tables) + table) * model.SignatureBytes);
                new ReadOnlySpan<byte>(from, model.SignatureBytes).CopyTo(new Span<byte>(bytes.Pointer + ((long)position * model.SignatureBytes), model.SignatureBytes));
            }
        }

        if (!model.HasBuckets)
        {
            var whole = new BlockOf<int>(2);
            whole.Pointer[1] = n;
            return new LshTable(1, whole, null, null, blocks, bytes);
        }

        // Few functions of signs: every pattern is a bucket, empty ones too, and needs no look-up.
        if (model.HasSigns && model.PerTable <= MostDirectFunctions && (1L << model.PerTable) <= Math.Max(64, 4L * n))
        {
            var buckets = 1 << model.PerTable;
            var starts = new BlockOf<int>(buckets + 1);
            for (var (bucket, position) = (0, 0); bucket <= buckets; bucket++)
            {
                while (position < n && keys[position] < (ulong)bucket)
                {
                    position++;
                }

                starts.Pointer[bucket] = position;
            }

            return new LshTable(buckets, starts, null, rows, blocks, bytes);
        }

        var bucketKeys = new List<ulong>();
        var bucketStarts = new List<int>();
        for (var position = 0; position < n; position++)
        {
            if (position == 0 || keys[position] != keys[position - 1])
            {
                bucketKeys.Add(keys[position]);
                bucketStarts.Add(position);
            }
        }

        bucketStarts.Add(n);
        var all = new BlockOf<int>(bucketStarts.Count);
        for (var i = 0; i < bucketStarts.Count; i++)
        {
            all.Pointer[i] = bucketStarts[i];
        }

        return new LshTable(bucketKeys.Count, all, [.. bucketKeys], rows, blocks, bytes);
    }

    private void For(int n, Action<int, int> body)
    {
        var chunks = (n + ChunkRows - 1) / ChunkRows;
        Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = threads }, chunk => body(chunk * ChunkRows, Math.Min(n, (chunk + 1) * ChunkRows)));
    }
}
