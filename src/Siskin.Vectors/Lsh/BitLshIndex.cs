using System.Numerics;

namespace Siskin.Vectors.Lsh;

/// <summary>Finds near bit vectors by Hamming distance: each table keeps some bits chosen at random, and rows that agree in them share a bucket (Indyk and Motwani 1998).</summary>
/// <remarks>
/// Immutable and safe for concurrent searches. Candidates are compared exactly. Worth its memory only where distances are small
/// against the number of bits; otherwise comparing all rows, which costs a few nanoseconds each, is as fast.
/// </remarks>
public sealed class BitLshIndex
{
    private const int MostSampled = 24;
    private const int MostTables = 64;

    private readonly ulong[] _rows;
    private readonly int _words;
    private readonly int[] _positions;
    private readonly int[] _starts;
    private readonly int[] _members;

    /// <summary>Builds the tables.</summary>
    /// <param name="rows">Row-major, n × bits / 64 words; bit i is bit i % 64 of word i / 64. Not copied; must not change.</param>
    /// <param name="bits">Bits per row, a multiple of 64.</param>
    /// <param name="sampledBits">m, bits that name a bucket, 1 to 24 and at most <paramref name="bits"/>.</param>
    /// <param name="tables">L, at least 1.</param>
    /// <param name="seed">Seed of the choice of bits.</param>
    /// <exception cref="ArgumentException">Numbers do not fit, or are outside their range.</exception>
    public BitLshIndex(ulong[] rows, int bits, int sampledBits, int tables, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (bits < 64 || bits % 64 != 0 || rows.Length % (bits / 64) != 0)
        {
            throw new ArgumentException($"{rows.Length} words are no whole number of rows of {bits} bits, a multiple of 64", nameof(rows));
        }

        if (sampledBits < 1 || sampledBits > Math.Min(MostSampled, bits) || tables is < 1 or > MostTables)
        {
            throw new ArgumentException($"{tables} tables of {sampledBits} bits; 1 to {MostTables} tables of 1 to {Math.Min(MostSampled, bits)} bits are allowed", nameof(sampledBits));
        }

        (_rows, _words, Bits, SampledBits, Tables) = (rows, bits / 64, bits, sampledBits, tables);
        Count = rows.Length / _words;
        _positions = new int[tables * sampledBits];
        _starts = new int[tables * ((1 << sampledBits) + 1)];
        _members = new int[(long)tables * Count];
        var random = new SeededRandom(SeededRandom.Mix((ulong)seed));
        var all = new int[bits];
        for (var table = 0; table < tables; table++)
        {
            for (var i = 0; i < bits; i++)
            {
                all[i] = i;
            }

            for (var j = 0; j < sampledBits; j++)
            {
                var chosen = j + random.Next(bits - j);
                (all[j], all[chosen]) = (all[chosen], all[j]);
                _positions[(table * sampledBits) + j] = all[j];
            }

            Fill(table);
        }
    }

    /// <summary>Bits per row.</summary>
    public int Bits { get; }

    /// <summary>m, bits that name a bucket.</summary>
    public int SampledBits { get; }

    /// <summary>L, number of tables.</summary>
    public int Tables { get; }

    /// <summary>Number of rows, n.</summary>
    public int Count { get; }

    /// <summary>Bytes of the tables, without the rows.</summary>
    public long SizeBytes => 4L * (_starts.Length + _members.Length + _positions.Length);

    /// <summary>Finds near rows, where k is the length of the outputs.</summary>
    /// <param name="query">Bits / 64 words.</param>
    /// <param name="ids">Output, length k: row numbers, nearest first, ties by lower row; missing results are −1.</param>
    /// <param name="distances">Output, length k: Hamming distances; −1 where missing.</param>
    /// <param name="flips">How many of the sampled bits may differ in a bucket that is looked into; 0 looks into the query's own only.</param>
    /// <returns>How many were found; fewer than k when the buckets hold no more.</returns>
    /// <exception cref="ArgumentException">The query has another length, the outputs have different lengths, or flips are not 0 to m.</exception>
    public int Search(ReadOnlySpan<ulong> query, Span<int> ids, Span<int> distances, int flips = 1)
    {
        if (query.Length != _words || ids.Length != distances.Length || flips < 0 || flips > SampledBits)
        {
            throw new ArgumentException($"a query of {query.Length} words, room for {ids.Length} ids and {distances.Length} distances and {flips} flips do not fit {_words} words, one k and 0 to {SampledBits} flips");
        }

        var scores = new float[ids.Length];
        var selection = new Kernels.TopK(ids, scores);
        var seen = new ulong[(Count + 63) / 64];
        for (var table = 0; table < Tables; table++)
        {
            var key = Key(query, table);
            for (var changed = 0; changed <= flips; changed++)
            {
                // All patterns of so many flipped bits, each from the one before (Gosper).
                var pattern = (1u << changed) - 1;
                while (pattern < 1u << SampledBits)
                {
                    Scan(query, table, key ^ (int)pattern, seen, ref selection);
                    if (pattern == 0)
                    {
                        break;
                    }

                    var lowest = pattern & (0 - pattern);
                    var ripple = pattern + lowest;
                    pattern = (((ripple ^ pattern) >> 2) / lowest) | ripple;
                }
            }
        }

        var found = selection.Finish();
        for (var i = 0; i < distances.Length; i++)
        {
            distances[i] = i < found ? (int)-scores[i] : -1;
        }

        return found;
    }

    private void Fill(int table)
    {
        var starts = _starts.AsSpan(table * ((1 << SampledBits) + 1), (1 << SampledBits) + 1);
        var keys = new int[Count];
        for (var row = 0; row < Count; row++)
        {
            keys[row] = Key(_rows.AsSpan(row * _words, _words), table);
            starts[keys[row] + 1]++;
        }

        for (var bucket = 0; bucket + 1 < starts.Length; bucket++)
        {
            starts[bucket + 1] += starts[bucket];
        }

        var next = starts[..^1].ToArray();
        for (var row = 0; row < Count; row++)
        {
            _members[(table * Count) + next[keys[row]]++] = row;
        }
    }

    private int Key(ReadOnlySpan<ulong> row, int table)
    {
        var key = 0;
        for (var j = 0; j < SampledBits; j++)
        {
            var bit = _positions[(table * SampledBits) + j];
            key |= (int)((row[bit >> 6] >> (bit & 63)) & 1) << j;
        }

        return key;
    }

    private void Scan(ReadOnlySpan<ulong> query, int table, int bucket, ulong[] seen, ref Kernels.TopK selection)
    {
        var starts = _starts.AsSpan(table * ((1 << SampledBits) + 1));
        foreach (var row in _members.AsSpan((table * Count) + starts[bucket], starts[bucket + 1] - starts[bucket]))
        {
            if (((seen[row >> 6] >> (row & 63)) & 1) != 0)
            {
                continue;
            }

            seen[row >> 6] |= 1ul << (row & 63);
            var distance = 0;
            for (var w = 0; w < _words; w++)
            {
                distance += BitOperations.PopCount(query[w] ^ _rows[(row * _words) + w]);
            }

            selection.Push(row, -distance);
        }
    }
}
