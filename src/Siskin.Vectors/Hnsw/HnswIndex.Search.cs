using System.Numerics;
using System.Runtime.Intrinsics.X86;
using Siskin.Vectors.Kernels;
using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Hnsw;

/// <content>Searching.</content>
public sealed unsafe partial class HnswIndex
{
    // A walk compares about this many rows for each candidate that it keeps (measured: 22 at M 16).
    private const int RowsPerCandidate = 24;

    // Telling that an id is not allowed costs about this share of comparing a row.
    private const double FilterCost = 0.15;

    private const int PredicateSamples = 128;

    /// <inheritdoc/>
    public int Search(ReadOnlySpan<float> query, Span<int> ids, Span<float> scores, SearchOptions options = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        CheckVector(query, nameof(query));
        var top = new TopK(ids, scores);
        var live = Count;
        if (live == 0 || ids.IsEmpty)
        {
            return top.Finish();
        }

        if (_graph.File is { AllVerified: true })
        {
            _graph.File = null;
        }

        var k = Math.Min(ids.Length, live);
        var ef = (int)Math.Min(Math.Max(options.Effort > 0 ? options.Effort : _options.EfSearch, Rescored(k)), Volatile.Read(ref _used) + 1L);
        var scratch = Begin(query, ef);
        try
        {
            var list = new CandidateList(scratch.Keys, ef);
            var filter = new SlotFilter(_states, _ids, options);
            var removed = Volatile.Read(ref _removed);

            // Few removed ones are left out afterwards, which costs less than asking for every candidate.
            if (options.IsFiltered || removed > live / 16 || live <= (long)ef * RowsPerCandidate)
            {
                SearchFiltered(scratch, ref list, filter, options, ef);
                Emit(scratch, ref list, ref top, filter, k);
            }
            else
            {
                Walk(scratch, ref list);
                if (Emit(scratch, ref list, ref top, filter, k) < k)
                {
                    list = new CandidateList(scratch.Keys, ef);
                    top = new TopK(ids, scores);
                    SearchFiltered(scratch, ref list, filter, options, ef);
                    Emit(scratch, ref list, ref top, filter, k);
                }
            }
        }
        finally
        {
            _pool.Return(scratch);
        }

        return top.Finish();
    }

    // Compressed scores order the candidates; of those, some more than are wanted are scored again.
    private int Rescored(int k) => _codec.Format == VectorFormat.Float32 ? k : k + Math.Max(_options.RescoreExtra, k / 2);

    private void Walk(SearchScratch scratch, ref CandidateList list)
    {
        var entry = EnterBase(scratch);
        if (entry >= 0)
        {
            _walker.Search(scratch, ref list, entry, 0);
        }
    }

    // Goes down to the lowest layer; -1 when nothing is in.
    private int EnterBase(SearchScratch scratch)
    {
        scratch.ClearVisited();
        return scratch.Entry >= 0 && scratch.EntryLevel > 0 ? _walker.Descend(scratch, scratch.Entry, scratch.EntryLevel, 1) : scratch.Entry;
    }

    private void SearchFiltered(SearchScratch scratch, ref CandidateList list, SlotFilter filter, SearchOptions options, int ef)
    {
        var slots = Math.Min(Volatile.Read(ref _used), scratch.Slots);
        var share = AllowedShare(options, filter, slots);
        var scanCost = (options.Allowed.IsEmpty ? slots * FilterCost : 0) + Math.Min(slots * share, Count);
        var walkCost = (double)RowsPerCandidate * ef / Math.Max(share, 1e-9);
        if (walkCost < scanCost)
        {
            // A filter that allows little near the query makes the walk long; then scanning after all bounds the loss.
            var entry = EnterBase(scratch);
            if (entry >= 0 && _walker.SearchAllowed(scratch, ref list, entry, filter, (long)Math.Max(scanCost, 4 * walkCost)))
            {
                return;
            }

            list = new CandidateList(scratch.Keys, ef);
        }

        if (options.Allowed.IsEmpty)
        {
            _walker.Scan(scratch, ref list, slots, filter);
        }
        else
        {
            ScanBitmap(scratch, ref list, slots, filter, options.Allowed);
        }
    }

    // Exactly for a bitmap that speaks of all slots, by trying some slots for a predicate.
    private double AllowedShare(SearchOptions options, SlotFilter filter, int slots)
    {
        if (options.Predicate is null)
        {
            if (options.Allowed.IsEmpty)
            {
                // Free slots are not come across.
                var live = Count;
                return (double)live / Math.Max(1, live + Volatile.Read(ref _removed));
            }

            long allowed = 0;
            foreach (var word in options.Allowed)
            {
                allowed += BitOperations.PopCount(word);
            }

            return Math.Min(1, (double)allowed / slots);
        }

        var samples = Math.Min(slots, PredicateSamples);
        var hits = 0;
        for (var i = 0; i < samples; i++)
        {
            hits += filter.Allows((int)((long)i * slots / samples)) ? 1 : 0;
        }

        return (double)hits / samples;
    }

    // Goes by the ids that are allowed, because these are few.
    private void ScanBitmap(SearchScratch scratch, ref CandidateList list, int slots, SlotFilter filter, ReadOnlySpan<ulong> allowed)
    {
        var map = Volatile.Read(ref _slotOfId) ?? MakeIdMap();
        for (var i = 0; i < allowed.Length; i++)
        {
            for (var word = allowed[i]; word != 0; word &= word - 1)
            {
                var slot = map[(i << 6) + BitOperations.TrailingZeroCount(word)];
                if ((uint)slot < (uint)slots && filter.Allows(slot))
                {
                    _walker.ScanOne(scratch, ref list, slot);
                }
            }
        }
    }

    // The best candidates that may be returned, with scores from whole vectors where these are kept.
    private int Emit(SearchScratch scratch, ref CandidateList list, ref TopK top, SlotFilter filter, int k)
    {
        var wanted = Rescored(k);
        var found = 0;
        if (_originals is null)
        {
            for (var i = 0; i < list.Count && found < wanted; i++)
            {
                found += Offer(list.Slot(i), list.Score(i), ref top, filter);
            }

            return found;
        }

        var file = _graph.File;
        var ahead = Math.Min(list.Count, wanted);
        for (var i = 0; i < ahead; i++)
        {
            Prefetch(_originals.Row(list.Slot(i)), _wholeCodec.RowBytes);
        }

        for (var i = 0; i < list.Count && found < wanted; i++)
        {
            var slot = list.Slot(i);
            file?.EnsureOriginal(slot);
            found += Offer(slot, _linker.Score(scratch.Whole, (float*)_originals.Row(slot)), ref top, filter);
        }

        return found;
    }

    private int Offer(int slot, float score, ref TopK top, SlotFilter filter)
    {
        if (!filter.Allows(slot))
        {
            return 0;
        }

        // While a vector is replaced, the old and the new one may both be seen.
        var id = IdOf(slot);
        if (_slotOfId is not null && top.Contains(id))
        {
            return 0;
        }

        top.Push(id, score);
        return 1;
    }

    private static void Prefetch(byte* row, int bytes)
    {
        if (Sse.IsSupported)
        {
            for (var at = 0; at < bytes; at += 64)
            {
                Sse.Prefetch0(row + at);
            }
        }
    }
}
