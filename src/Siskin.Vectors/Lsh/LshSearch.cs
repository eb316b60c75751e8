using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Siskin.Vectors.Kernels;

namespace Siskin.Vectors.Lsh;

/// <summary>One search through a part and the rows added since: buckets, then sketches, then exact comparison.</summary>
internal unsafe ref struct LshSearch
{
    // Rows of a bucket lie in the order of their norms, so that one bound serves a whole chunk of them.
    private const int ChunkRows = 64;
    private const int SweepProbes = 16;
    private const int RelaxShare = 16;
    private const int MostFilteredProbes = 4096;

    private readonly LshModel _model;
    private readonly LshScratch _scratch;
    private readonly SketchBound? _bound;
    private readonly SearchOptions _options;
    private readonly bool _isStrict;
    private readonly int _d;
    private readonly int _words;
    private readonly float _queryNorm;
    private readonly float _offset;
    private readonly Span<int> _ids;
    private readonly Span<float> _scores;
    private TopK _selection;
    private int _pendingCount;
    private long _asked;
    private long _passed;

    // Where pending rows are.
    private LshPart? _part;
    private LshDelta? _delta;
    private float* _vectors;
    private bool _deduplicates;

    /// <param name="scratch">Of this model.</param>
    /// <param name="bound">Of the sketch; null when there is none.</param>
    /// <param name="query">Length d.</param>
    /// <param name="ids">Output, length k.</param>
    /// <param name="scores">Output, length k.</param>
    /// <param name="options">What may be found.</param>
    /// <param name="isStrict">Whether fewer than k are left at that.</param>
    public LshSearch(LshScratch scratch, SketchBound? bound, ReadOnlySpan<float> query, Span<int> ids, Span<float> scores, SearchOptions options, bool isStrict)
    {
        _isStrict = isStrict;
        _scratch = scratch;
        _model = scratch.Model;
        _bound = bound;
        _options = options;
        _d = query.Length;
        _words = _model.SketchWords;
        _ids = ids;
        _scores = scores;
        _selection = new TopK(ids, scores);
        query.CopyTo(new Span<float>(scratch.Query, _d));
        if (_model.Metric == VectorMetric.Cosine)
        {
            VectorNorms.Normalise(new Span<float>(scratch.Query, _d));
        }

        if (_model.Metric == VectorMetric.InnerProduct)
        {
            _queryNorm = _model.LiftedQuery(scratch.Query, scratch.Centred);
            _offset = VectorMath.Dot(query, new ReadOnlySpan<float>(_model.Centre, _d));
        }
        else
        {
            _queryNorm = _model.Centred(scratch.Query, scratch.Centred);
        }

        _model.Project(scratch.Centred, scratch.Values);
        _model.Sketch(scratch.Centred, scratch.SketchValues, scratch.Sketch);
    }

    /// <summary>Searches.</summary>
    /// <param name="part">What was built; looked into first, see <see cref="LshIndex"/>.</param>
    /// <param name="delta">What was added.</param>
    /// <param name="effort">Probes per table.</param>
    /// <param name="share">Share of all ids that the bitmap allows; 1 without one.</param>
    /// <returns>How many were found.</returns>
    public int Run(LshPart part, LshDelta delta, int effort, double share)
    {
        _part = part;
        _vectors = part.Vectors;
        if (share * part.Count < Math.Max(_ids.Length, 0.02 * part.Count) && !_options.Allowed.IsEmpty)
        {
            // So few are allowed that finding and comparing them all is the least work, and exact.
            _deduplicates = false;
            SweepIds(part);
        }
        else if (_model.HasBuckets)
        {
            Probe(part, effort, share);
        }
        else
        {
            _deduplicates = part.Tables.Length > 1;
            Compare(part, effort);
        }

        Flush();
        _part = null;
        for (var next = delta; next is not null; next = next.Next)
        {
            _delta = next;
            _vectors = next.Vectors;
            ScanDelta(next);
            Flush();
        }

        return _selection.Finish();
    }

    private void Probe(LshPart part, int effort, double share)
    {
        double wanted = effort;
        var sweeps = wanted / Math.Max(share, 1e-9) >= part.Tables[0].Buckets;
        _deduplicates = part.Tables.Length > 1 || sweeps;
        if (_deduplicates)
        {
            _scratch.ClearSeen(part.Count);
        }

        // Before all buckets are swept, the likeliest few, so that the k-th best score soon shuts out the rest.
        wanted = sweeps ? Math.Min(SweepProbes, part.Tables[0].Buckets) : wanted;
        for (var t = 0; t < (sweeps ? 1 : part.Tables.Length); t++)
        {
            var table = part.Tables[t];
            _scratch.Probes.Start(_model, _scratch.Values, t);
            var probes = 0;

            // As many probes more as a filter turns rows away.
            while ((probes < wanted || (_options.IsFiltered && probes < MostFilteredProbes && probes * (double)_passed < wanted * _asked)) && _scratch.Probes.Next(out var key))
            {
                probes++;
                var bucket = table.Find(key);
                if (bucket >= 0)
                {
                    Scan(part, table, table.Starts[bucket], table.Starts[bucket + 1]);
                }
            }

            _scratch.Probed += probes;
        }

        if (sweeps)
        {
            Sweep(part, part.Tables[0]);
            return;
        }

        Flush();
        if (!_isStrict && _selection.Count < _ids.Length && _selection.Count < part.Count)
        {
            // Never fewer than k while there are more.
            Restart();
            Sweep(part, part.Tables[0]);
        }
    }

    private void Restart()
    {
        _deduplicates = false;
        _selection = new TopK(_ids, _scores);
    }

    private void Sweep(LshPart part, LshTable table)
    {
        for (var bucket = 0; bucket < table.Buckets; bucket++)
        {
            Scan(part, table, table.Starts[bucket], table.Starts[bucket + 1]);
        }
    }

    private void SweepIds(LshPart part)
    {
        for (var row = 0; row < part.Count; row++)
        {
            if (_options.Allows(part.Ids[row]) && !part.IsDead(row))
            {
                Append(row);
            }
        }
    }

    private void Scan(LshPart part, LshTable table, int start, int end)
    {
        _scratch.Scanned += end - start;
        var sketches = table.Sketches;
        var rows = table.Rows;
        if (sketches is null || _bound is null)
        {
            for (var position = start; position < end; position++)
            {
                Offer(rows is null ? position : rows[position]);
            }

            return;
        }

        for (var from = start; from < end; from += ChunkRows)
        {
            var to = Math.Min(end, from + ChunkRows);
            var most = MostOf(part.Norms[rows is null ? to - 1 : rows[to - 1]], part.Norms[rows is null ? from : rows[from]]);
            if (most < 0)
            {
                continue;
            }

            for (var block = from / HammingBlocks.Rows * HammingBlocks.Rows; block < to; block += HammingBlocks.Rows)
            {
                var hits = HammingBlocks.Within(sketches + ((long)block * _words), _scratch.Sketch, _words, most);
                hits &= block < from ? ~0u << (from - block) : ~0u;
                hits &= block + HammingBlocks.Rows > to ? (1u << (to - block)) - 1 : ~0u;
                for (; hits != 0; hits &= hits - 1)
                {
                    var position = block + System.Numerics.BitOperations.TrailingZeroCount(hits);
                    Offer(rows is null ? position : rows[position]);
                }
            }
        }
    }

    private void ScanDelta(LshDelta delta)
    {
        var done = 0;
        for (var count = delta.Count; done < count; count = delta.Count)
        {
            _scratch.Scanned += count - done;
            while (done < count)
            {
                var block = done / HammingBlocks.Rows * HammingBlocks.Rows;
                var end = Math.Min(count, block + HammingBlocks.Rows);
                var hits = delta.Sketches is not null && _bound is not null ? HitsOf(delta, block, done, end) : ~0u;
                for (; done < end; done++)
                {
                    // Dead is asked here and not later: its successor, when it has one, is then already in sight of this loop.
                    if (((hits >> (done - block)) & 1) != 0 && !delta.IsDead(done) && _options.Allows(delta.Ids[done]))
                    {
                        Append(done);
                    }
                }
            }
        }
    }

    private readonly uint HitsOf(LshDelta delta, int block, int from, int to)
    {
        var (low, high) = (delta.Norms[from], delta.Norms[from]);
        for (var row = from + 1; row < to; row++)
        {
            (low, high) = (Math.Min(low, delta.Norms[row]), Math.Max(high, delta.Norms[row]));
        }

        var most = MostOf(low, high);
        return most < 0 ? 0 : HammingBlocks.Within(delta.Sketches + ((long)block * _words), _scratch.Sketch, _words, most);
    }

    // The signatures of every row, one table after the other; with fewer functions required until k are found, never fewer while there are more.
    private void Compare(LshPart part, int effort)
    {
        var m = _model.PerTable;
        for (var required = Math.Max(0, _model.Options.Required - (effort - 1)); ; required = Math.Max(0, required - Math.Max(1, m / RelaxShare)))
        {
            if (_deduplicates)
            {
                _scratch.ClearSeen(part.Count);
            }

            for (var t = 0; t < part.Tables.Length; t++)
            {
                _scratch.Scanned += part.Count;
                if (_model.HasSigns)
                {
                    _model.SignSignature(_scratch.Values, t, _scratch.Sketch);
                    CompareSigns(part, part.Tables[t], m - required);
                }
                else
                {
                    _model.IntegerSignature(_scratch.Values, t, 1, _scratch.Signature);
                    CompareIntegers(part, part.Tables[t], required);
                }
            }

            Flush();
            if (_isStrict || required == 0 || _selection.Count >= Math.Min(_ids.Length, part.Count))
            {
                return;
            }

            _selection = new TopK(_ids, _scores);
        }
    }

    private void CompareSigns(LshPart part, LshTable table, int most)
    {
        for (var block = 0; block < part.Count; block += HammingBlocks.Rows)
        {
            var hits = HammingBlocks.Within(table.Sketches + ((long)block * _words), _scratch.Sketch, _words, most);
            hits &= block + HammingBlocks.Rows > part.Count ? (1u << (part.Count - block)) - 1 : ~0u;
            for (; hits != 0; hits &= hits - 1)
            {
                Offer(block + System.Numerics.BitOperations.TrailingZeroCount(hits));
            }
        }
    }

    private void CompareIntegers(LshPart part, LshTable table, int required)
    {
        var bytes = _model.SignatureBytes;
        var row = table.Signatures;
        for (var i = 0; i < part.Count; i++, row += bytes)
        {
            var equal = 0;
            for (var at = 0; at < bytes; at += 32)
            {
                equal += System.Numerics.BitOperations.PopCount(Vector256.Equals(Vector256.Load(row + at), Vector256.Load(_scratch.Signature + at)).ExtractMostSignificantBits());
            }

            if (equal >= required)
            {
                Offer(i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Offer(int row)
    {
        if (_deduplicates && !_scratch.See(row))
        {
            return;
        }

        if (_part!.IsDead(row))
        {
            return;
        }

        if (_options.IsFiltered)
        {
            _asked++;
            if (!_options.Allows(_part.Ids[row]))
            {
                return;
            }

            _passed++;
        }

        Append(row);
    }

    private void Append(int row)
    {
        if (Sse.IsSupported)
        {
            var vector = (byte*)(_vectors + ((long)row * _d));
            for (var offset = 0; offset < _d * sizeof(float); offset += 64)
            {
                Sse.Prefetch0(vector + offset);
            }
        }

        _scratch.Pending[_pendingCount++] = row;
        if (_pendingCount == LshScratch.MostPending)
        {
            Flush();
        }
    }

    private void Flush()
    {
        _scratch.Compared += _pendingCount;
        var query = new ReadOnlySpan<float>(_scratch.Query, _d);
        var unverified = _part?.Unverified;
        for (var i = 0; i < _pendingCount; i++)
        {
            var row = _scratch.Pending[i];
            unverified?.EnsureVerified((long)row * _d * sizeof(float), _d * sizeof(float));
            var vector = new ReadOnlySpan<float>(_vectors + ((long)row * _d), _d);
            var score = _model.Metric == VectorMetric.L2 ? -VectorMath.SquaredL2(query, vector) : VectorMath.Dot(query, vector);
            if (!(score >= _selection.Threshold))
            {
                continue;
            }

            _selection.Push(_part is not null ? _part.Ids[row] : _delta!.Ids[row], score);
        }

        _pendingCount = 0;
    }

    // The largest distance of sketches with which a row of a norm between the two may still enter.
    private readonly int MostOf(float low, float high)
    {
        var threshold = _selection.Threshold;
        if (threshold == float.NegativeInfinity)
        {
            return _bound!.Bits;
        }

        float cosine;
        if (_model.Metric == VectorMetric.InnerProduct)
        {
            var needed = threshold - _offset;
            cosine = needed / (_queryNorm * (needed > 0 ? high : low));
        }
        else
        {
            // −‖x − q‖² ≥ T, with n = ‖x‖ and Q = ‖q‖: cos ≥ (T + Q² + n²) / (2nQ), which is least at n = √(T + Q²).
            var sum = (_model.Metric == VectorMetric.Cosine ? (2 * threshold) - 2 : threshold) + (_queryNorm * _queryNorm);
            var norm = sum > 0 ? Math.Clamp(MathF.Sqrt(sum), low, high) : low;
            cosine = (sum + (norm * norm)) / (2 * norm * _queryNorm);
        }

        return float.IsNaN(cosine) ? _bound!.Bits : _bound!.Most(cosine);
    }
}
