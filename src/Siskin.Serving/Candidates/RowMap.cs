using System.Numerics;
using System.Runtime.CompilerServices;

namespace Siskin.Serving.Candidates;

/// <summary>A small hash map from item rows to ints, cleared in constant time: built once, used for request after request.</summary>
/// <remarks>
/// Open addressing with linear probing; a slot belongs to the map only when it carries the current generation.
/// Its size follows what a request touches, not the catalogue, so it stays in the first cache levels. Not thread-safe for writing.
/// </remarks>
internal sealed class RowMap
{
    private Slot[] _slots;
    private int _shift;
    private int _count;
    private uint _generation = 1;

    public RowMap(int capacity = 256)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity, 8));
        _slots = new Slot[size];
        _shift = 32 - BitOperations.Log2((uint)size);
    }

    public int Count => _count;

    public void Clear()
    {
        _count = 0;
        if (++_generation == 0)
        {
            Array.Clear(_slots);
            _generation = 1;
        }
    }

    public bool Contains(int row)
    {
        ref var slot = ref Find(row);
        return slot.Generation == _generation;
    }

    public bool TryGet(int row, out int value)
    {
        ref var slot = ref Find(row);
        value = slot.Value;
        return slot.Generation == _generation;
    }

    /// <summary>Adds a row unless it is there.</summary>
    /// <returns>Whether it was added.</returns>
    public bool TryAdd(int row, int value = 0)
    {
        ref var slot = ref Find(row);
        if (slot.Generation == _generation)
        {
            return false;
        }

        slot = new Slot { Row = row, Value = value, Generation = _generation };
        if (++_count * 2 > _slots.Length)
        {
            Grow();
        }

        return true;
    }

    /// <summary>The value of a row, for reading and writing; added with <paramref name="initial"/> when it was not there.</summary>
    /// <remarks>The reference is valid until the next call.</remarks>
    public ref int GetOrAdd(int row, int initial, out bool added)
    {
        ref var slot = ref Find(row);
        added = slot.Generation != _generation;
        if (added)
        {
            slot = new Slot { Row = row, Value = initial, Generation = _generation };
            if (++_count * 2 > _slots.Length)
            {
                Grow();
                slot = ref Find(row);
            }
        }

        return ref slot.Value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Slot Find(int row)
    {
        var slots = _slots;
        var mask = slots.Length - 1;
        var i = (int)(((uint)row * 2654435769u) >> _shift);
        while (slots[i].Generation == _generation && slots[i].Row != row)
        {
            i = (i + 1) & mask;
        }

        return ref slots[i];
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new Slot[old.Length * 2];
        _shift--;
        foreach (var slot in old)
        {
            if (slot.Generation == _generation)
            {
                Find(slot.Row) = slot;
            }
        }
    }

    private struct Slot
    {
        public int Row;
        public int Value;
        public uint Generation;
    }
}
