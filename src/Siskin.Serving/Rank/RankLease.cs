using System.Buffers;
using Siskin.Serving.Candidates;

namespace Siskin.Serving.Rank;

/// <summary>Features and scores of one request's candidates, in rented memory.</summary>
/// <remarks>Disposed of only when no scorer may write to it any more; one that is late keeps it for good.</remarks>
internal sealed class RankLease(int count, int featureCount) : IDisposable
{
    private float[]? _features = ArrayPool<float>.Shared.Rent(count * featureCount);
    private float[]? _scores = ArrayPool<float>.Shared.Rent(count);
    private int[]? _items;
    private int[]? _history;
    private int _historyLength;
    private int[]? _slots;

    public Memory<float> Features => _features.AsMemory(0, count * featureCount);

    public Memory<float> Scores => _scores.AsMemory(0, count);

    /// <summary>Rows of the candidates; empty until they are written.</summary>
    public ReadOnlyMemory<int> Items => _items.AsMemory(0, _items is null ? 0 : count);

    /// <summary>Rows of the user's items; empty until they are written.</summary>
    public ReadOnlyMemory<int> History => _history.AsMemory(0, _historyLength);

    /// <summary>Writes rows, for scorers that ask for them.</summary>
    /// <param name="candidates">In order of pre-rank.</param>
    /// <param name="history">Oldest first.</param>
    public void WriteRows(CandidateBuffer candidates, ReadOnlySpan<int> history)
    {
        (_items, _history, _historyLength) = (ArrayPool<int>.Shared.Rent(count), ArrayPool<int>.Shared.Rent(history.Length), history.Length);
        for (var i = 0; i < count; i++)
        {
            _items[i] = candidates.Rows[candidates.Order[i]];
        }

        history.CopyTo(_history);
    }

    /// <summary>Remembers which slots were ranked, so that their features can be shown.</summary>
    public void KeepSlots(ReadOnlySpan<int> slots) => _slots = slots.ToArray();

    /// <summary>Features of a slot; empty when it was not ranked or slots were not kept. O(candidates).</summary>
    public ReadOnlySpan<float> FeaturesOf(int slot)
    {
        var index = _slots.AsSpan().IndexOf(slot);
        return index < 0 ? default : _features.AsSpan(index * featureCount, featureCount);
    }

    public void Dispose()
    {
        if (_features is not null)
        {
            ArrayPool<float>.Shared.Return(_features);
            ArrayPool<float>.Shared.Return(_scores!);
            (_features, _scores) = (null, null);
            if (_items is not null)
            {
                ArrayPool<int>.Shared.Return(_items);
                ArrayPool<int>.Shared.Return(_history!);
                (_items, _history, _historyLength) = (null, null, 0);
            }
        }
    }
}
