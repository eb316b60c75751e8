using Siskin.Vectors.Kernels;

namespace Siskin.Serving.Candidates;

/// <summary>Sums contributions to item scores and gives the best of them.</summary>
/// <remarks>Remembers for each item the source that contributed most, for explanations. Not thread-safe.</remarks>
internal sealed class ScoreAccumulator
{
    private readonly RowMap _slots = new(4096);
    private int[] _rows = new int[4096];
    private float[] _scores = new float[4096];
    private float[] _largest = new float[4096];
    private int[] _because = new int[4096];
    private int[] _bestSlots = [];
    private float[] _bestScores = [];

    private static Pool<ScoreAccumulator> Pool { get; } = new(() => new ScoreAccumulator(), 64);

    public static ScoreAccumulator Rent()
    {
        var accumulator = Pool.Rent();
        accumulator._slots.Clear();
        return accumulator;
    }

    public void Return() => Pool.Return(this);

    /// <summary>Marks a row.</summary>
    /// <returns>Whether it was not marked before.</returns>
    public bool TryAdd(int row) => _slots.TryAdd(row);

    public void Add(int row, float score, int because)
    {
        var slot = _slots.GetOrAdd(row, _slots.Count, out var added);
        if (added)
        {
            if (slot == _rows.Length)
            {
                Grow();
            }

            _rows[slot] = row;
            _scores[slot] = score;
            _largest[slot] = score;
            _because[slot] = because;
            return;
        }

        _scores[slot] += score;
        if (score > _largest[slot])
        {
            _largest[slot] = score;
            _because[slot] = because;
        }
    }

    /// <summary>Offers the best items that the filter allows, best first.</summary>
    public void OfferBest(ChannelLease lease, CandidateFilter filter)
    {
        if (_bestSlots.Length < lease.Quota)
        {
            _bestSlots = new int[lease.Quota];
            _bestScores = new float[lease.Quota];
        }

        var top = new TopK(_bestSlots.AsSpan(0, lease.Quota), _bestScores.AsSpan(0, lease.Quota));
        for (var slot = 0; slot < _slots.Count; slot++)
        {
            if (_scores[slot] < top.Threshold)
            {
                continue;
            }

            var reason = filter.Check(_rows[slot]);
            if (reason == DropReason.None)
            {
                top.Push(slot, _scores[slot]);
            }
            else
            {
                lease.CountDropped(reason);
            }
        }

        var count = top.Finish();
        for (var i = 0; i < count; i++)
        {
            lease.Offer(_rows[_bestSlots[i]], _bestScores[i], _because[_bestSlots[i]]);
        }
    }

    private void Grow()
    {
        Array.Resize(ref _rows, _rows.Length * 2);
        Array.Resize(ref _scores, _scores.Length * 2);
        Array.Resize(ref _largest, _largest.Length * 2);
        Array.Resize(ref _because, _because.Length * 2);
    }
}
