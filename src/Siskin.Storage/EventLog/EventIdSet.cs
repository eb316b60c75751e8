using System.Numerics;

namespace Siskin.Storage.EventLog;

/// <summary>Hashes of event ids in memory: open addressing, linear probing, at most two thirds full.</summary>
/// <remarks>About 24 to 48 bytes per id. Not safe for writes beside reads.</remarks>
internal sealed class EventIdSet : IEventIds
{
    private UInt128[] _slots = new UInt128[64];

    /// <summary>Number of ids.</summary>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public bool Contains(UInt128 idHash) => _slots[Find(Normalise(idHash))] != UInt128.Zero;

    /// <summary>Adds a hash; false when it was there.</summary>
    public bool Add(UInt128 idHash)
    {
        var hash = Normalise(idHash);
        var slot = Find(hash);
        if (_slots[slot] != UInt128.Zero)
        {
            return false;
        }

        _slots[slot] = hash;
        if (++Count > _slots.Length / 3 * 2)
        {
            Grow();
        }

        return true;
    }

    /// <summary>Takes a hash out again, after a failed write.</summary>
    public void Remove(UInt128 idHash)
    {
        var mask = _slots.Length - 1;
        var hole = Find(Normalise(idHash));
        if (_slots[hole] == UInt128.Zero)
        {
            return;
        }

        // Moves later entries of the probe chain back into the hole, so that no lookup stops early.
        for (var i = (hole + 1) & mask; _slots[i] != UInt128.Zero; i = (i + 1) & mask)
        {
            var home = Home(_slots[i]);
            if (((i - home) & mask) >= ((i - hole) & mask))
            {
                _slots[hole] = _slots[i];
                hole = i;
            }
        }

        _slots[hole] = UInt128.Zero;
        Count--;
    }

    /// <summary>All hashes, ascending.</summary>
    public UInt128[] ToSorted()
    {
        var result = new UInt128[Count];
        var count = 0;
        foreach (var hash in _slots)
        {
            if (hash != UInt128.Zero)
            {
                result[count++] = hash;
            }
        }

        result.AsSpan().Sort();
        return result;
    }

    // Zero marks a free slot.
    private static UInt128 Normalise(UInt128 hash) => hash == UInt128.Zero ? UInt128.One : hash;

    private int Home(UInt128 hash) => (int)((ulong)hash & (ulong)(_slots.Length - 1));

    private int Find(UInt128 hash)
    {
        var mask = _slots.Length - 1;
        var slot = Home(hash);
        while (_slots[slot] != UInt128.Zero && _slots[slot] != hash)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new UInt128[BitOperations.RoundUpToPowerOf2((uint)old.Length + 1)];
        foreach (var hash in old)
        {
            if (hash != UInt128.Zero)
            {
                _slots[Find(hash)] = hash;
            }
        }
    }
}
