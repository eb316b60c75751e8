using Siskin.Serving.Snapshot;

namespace Siskin.Serving.Candidates;

/// <summary>What one recall channel writes its candidates into.</summary>
/// <remarks>
/// Belongs to one channel of one request. It goes back to the pool only after the channel's task has ended, so a
/// channel that ignores its deadline writes into memory that nobody else uses. Not thread-safe.
/// </remarks>
public sealed class ChannelLease
{
    private readonly int[] _dropped = new int[4];
    private int[] _rows = [];
    private double[] _scores = [];
    private int[] _because = [];
    private CandidateFilter? _filter;
    private ItemTable? _items;

    /// <summary>How many candidates the channel may give.</summary>
    public int Quota { get; private set; }

    /// <summary>How many it has given.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the quota is reached.</summary>
    public bool IsFull => Count >= Quota;

    /// <summary>Why the channel had nothing to go by, in words; null when it had.</summary>
    public string? SkipReason { get; set; }

    /// <summary>How the channel found what it gives, in words, for the trace of a request that asks for one; null for nothing to tell.</summary>
    public string? Detail { get; set; }

    /// <summary>Time that the channel took, in ticks of the stopwatch; 0 while it runs and when it failed.</summary>
    internal long Ticks { get; set; }

    internal ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    internal ReadOnlySpan<double> Scores => _scores.AsSpan(0, Count);

    internal ReadOnlySpan<int> Because => _because.AsSpan(0, Count);

    /// <summary>Offers an item by id; call in order from the best to the worst.</summary>
    /// <param name="id">Id of the item. One that the snapshot does not know is left out.</param>
    /// <param name="score">The channel's own score; larger is better. One that is not finite counts as 0.</param>
    /// <returns>Whether more can be offered: false once the quota is reached.</returns>
    public bool Offer(string id, double score) =>
        _items!.TryGetRow(id, out var row) ? Offer(row, float.IsFinite((float)score) ? score : 0) : !IsFull;

    internal bool Offer(int row, double score, int because = -1)
    {
        if (Count >= Quota)
        {
            return false;
        }

        var reason = _filter!.Check(row);
        if (reason != DropReason.None)
        {
            CountDropped(reason);
            return true;
        }

        _rows[Count] = row;
        _scores[Count] = score;
        _because[Count] = because;
        Count++;
        return Count < Quota;
    }

    internal void CountDropped(DropReason reason) => _dropped[(int)reason]++;

    internal int Dropped(DropReason reason) => _dropped[(int)reason];

    internal void Begin(int quota, CandidateFilter filter, ItemTable items)
    {
        if (_rows.Length < quota)
        {
            _rows = new int[quota];
            _scores = new double[quota];
            _because = new int[quota];
        }

        Quota = quota;
        Count = 0;
        Ticks = 0;
        SkipReason = null;
        Detail = null;
        Array.Clear(_dropped);
        _filter = filter;
        _items = items;
    }

    internal void End()
    {
        _filter = null;
        _items = null;
    }
}
