using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Siskin.Vectors.Hnsw;

/// <summary>The best candidates of a search so far, best first, each marked once its links were followed.</summary>
/// <remarks>
/// One sorted array instead of two heaps: a candidate is a 64-bit key, its score turned so that better is smaller above
/// its slot, and an insertion is a search without branches and one move. For the sizes that searches use this is faster.
/// </remarks>
internal unsafe ref struct CandidateList
{
    private readonly ulong* _keys;
    private readonly int _room;
    private int _next;

    /// <summary>Starts empty.</summary>
    /// <param name="keys">Room for one key more than <paramref name="room"/>, and seven to spare.</param>
    /// <param name="room">How many are kept.</param>
    public CandidateList(ulong* keys, int room)
    {
        _keys = keys;
        _room = room;
    }

    /// <summary>How many are held.</summary>
    public int Count { get; private set; }

    /// <summary>A score below this cannot enter.</summary>
    public readonly float Threshold => Count < _room ? float.NegativeInfinity : ScoreOf(_keys[_room - 1]);

    /// <summary>The slot of a candidate.</summary>
    public readonly int Slot(int i) => (int)((uint)_keys[i] >> 1);

    /// <summary>The score of a candidate.</summary>
    public readonly float Score(int i) => ScoreOf(_keys[i]);

    /// <summary>Takes the best candidate whose links were not followed.</summary>
    /// <returns>Its slot; −1 when there is none.</returns>
    public int TakeNext()
    {
        while (_next < Count)
        {
            var key = _keys[_next];
            if ((key & 1) == 0)
            {
                _keys[_next++] = key | 1;
                return (int)((uint)key >> 1);
            }

            _next++;
        }

        return -1;
    }

    /// <summary>The slot that <see cref="TakeNext"/> would take if nothing better came; −1 when there is none.</summary>
    public readonly int PeekNext()
    {
        for (var i = _next; i < Count; i++)
        {
            if ((_keys[i] & 1) == 0)
            {
                return (int)((uint)_keys[i] >> 1);
            }
        }

        return -1;
    }

    /// <summary>Offers a candidate that was not offered before.</summary>
    public void Push(int slot, float score)
    {
        var key = KeyOf(score, slot);
        if (Count == _room)
        {
            if (key >= _keys[_room - 1])
            {
                return;
            }
        }
        else
        {
            Count++;
        }

        // The first key that is larger, by halving without branches.
        var at = 0;
        for (var length = Count - 1; length > 0;)
        {
            var half = (length + 1) >> 1;
            at = _keys[at + half - 1] < key ? at + half : at;
            length -= half;
        }

        var last = Count - 1;
        var i = last;
        for (; i - 8 >= at; i -= 8)
        {
            Vector512.Store(Vector512.Load(_keys + i - 8), _keys + i - 7);
        }

        for (; i > at; i--)
        {
            _keys[i] = _keys[i - 1];
        }

        _keys[at] = key;
        _next = Math.Min(_next, at);
    }

    /// <summary>Larger scores make smaller keys; the slot decides between equal scores.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong KeyOf(float score, int slot)
    {
        var bits = BitConverter.SingleToInt32Bits(-score);
        var ordered = (uint)bits ^ ((uint)(bits >> 31) | 0x8000_0000);
        return ((ulong)ordered << 32) | ((uint)slot << 1);
    }

    /// <summary>The score in a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ScoreOf(ulong key)
    {
        var ordered = (uint)(key >> 32);
        var bits = ordered ^ ((uint)((int)~ordered >> 31) | 0x8000_0000);
        return -BitConverter.UInt32BitsToSingle(bits);
    }
}
