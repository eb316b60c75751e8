using System.Runtime.CompilerServices;
using Siskin.Vectors.Hnsw;

namespace Siskin.Vectors.Scan;

/// <summary>The best rows of a scan so far, in no order: a reservoir that is halved when it is full.</summary>
/// <remarks>
/// Twice the wanted number is collected before the worse half is dropped by partial selection, so that a row that enters
/// costs a few operations whatever the number. Equal scores go to the row that was scanned first.
/// </remarks>
internal unsafe ref struct Candidates
{
    private readonly ulong* _keys;
    private readonly int _wanted;
    private readonly SearchOptions _options;
    private bool _hasThreshold;

    /// <summary>Starts empty.</summary>
    /// <param name="keys">Room for twice the wanted number.</param>
    /// <param name="wanted">How many are kept, 1 or more.</param>
    /// <param name="options">What may be found.</param>
    public Candidates(ulong* keys, int wanted, SearchOptions options)
    {
        _keys = keys;
        _wanted = wanted;
        _options = options;
        Threshold = float.NegativeInfinity;
    }

    /// <summary>How many are held, up to twice the wanted number.</summary>
    public int Count { get; private set; }

    /// <summary>A score that is not above this cannot enter.</summary>
    public float Threshold { get; private set; }

    /// <summary>How many rows were asked whether they may be found: those whose score would have entered.</summary>
    public long Asked { get; private set; }

    /// <summary>How many of these may be.</summary>
    public long Passed { get; private set; }

    /// <summary>Position of the first row of the list at hand, among all rows scanned.</summary>
    public int Start { get; set; }

    /// <summary>The position of a row.</summary>
    public readonly int Position(int i) => (int)((uint)_keys[i] >> 1);

    /// <summary>The score of a row.</summary>
    public readonly float Score(int i) => CandidateList.ScoreOf(_keys[i]);

    /// <summary>Offers a row of the list at hand; it is looked at only when its score may enter.</summary>
    /// <param name="ids">Ids of the list, −1 where a row was removed.</param>
    /// <param name="row">The row.</param>
    /// <param name="score">Larger is better.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Offer(int* ids, int row, float score)
    {
        if (score > Threshold)
        {
            Push(Volatile.Read(ref ids[row]), row, score);
        }
    }

    /// <summary>Drops all but the wanted number.</summary>
    public void Finish()
    {
        if (Count > _wanted)
        {
            Shrink();
        }
    }

    private void Push(int id, int row, float score)
    {
        if (id < 0)
        {
            return;
        }

        Asked++;
        if (!_options.Allows(id))
        {
            return;
        }

        Passed++;
        _keys[Count++] = CandidateList.KeyOf(score, Start + row);
        if (Count == 2 * _wanted || (Count == _wanted && !_hasThreshold))
        {
            Shrink();
        }
    }

    // Quickselect (Hoare 1961): the smallest keys, which are the best scores, come to the front.
    private void Shrink()
    {
        var (low, high) = (0, Count - 1);
        while (low < high && Count > _wanted)
        {
            var pivot = _keys[low + ((high - low) >> 1)];
            var (i, j) = (low, high);
            while (i <= j)
            {
                while (_keys[i] < pivot)
                {
                    i++;
                }

                while (_keys[j] > pivot)
                {
                    j--;
                }

                if (i <= j)
                {
                    (_keys[i], _keys[j]) = (_keys[j], _keys[i]);
                    (i, j) = (i + 1, j - 1);
                }
            }

            if (_wanted - 1 <= j)
            {
                high = j;
            }
            else if (_wanted - 1 >= i)
            {
                low = i;
            }
            else
            {
                break;
            }
        }

        Count = Math.Min(Count, _wanted);
        var worst = 0UL;
        for (var i = 0; i < Count; i++)
        {
            worst = Math.Max(worst, _keys[i]);
        }

        (Threshold, _hasThreshold) = (CandidateList.ScoreOf(worst), true);
    }
}
