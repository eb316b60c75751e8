using System.Collections.Concurrent;

namespace Siskin.Vectors.Hnsw;

/// <content>Removing, and the upkeep that follows.</content>
public sealed unsafe partial class HnswIndex
{
    private readonly Lock _changeLock = new();
    private readonly Lock _upkeepLock = new();
    private readonly ConcurrentQueue<int> _freeSlots = new();
    private IdMap? _slotOfId;
    private Thread? _upkeep;
    private bool _isDisposed;
    private int _removed;
    private int _added;

    /// <inheritdoc/>
    /// <remarks>Costs next to nothing; the links around removed vectors are mended in the background once there are many.</remarks>
    public bool Remove(int id)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        lock (_changeLock)
        {
            var map = _slotOfId ?? MakeIdMap();
            var slot = map[id];
            if (slot < 0)
            {
                return false;
            }

            map[id] = -1;
            Retire(slot);
        }

        KeepUp();
        return true;
    }

    /// <summary>
    /// Mends the links around removed vectors, so that their slots can be used again, and gives a link to vectors that
    /// none leads to. Runs by itself in the background after many changes.
    /// </summary>
    /// <remarks>Searches and changes go on meanwhile. Singh et al. 2021 (FreshDiskANN) describe the mending.</remarks>
    public void Consolidate()
    {
        lock (_upkeepLock)
        {
            MendAll();
            ConnectAll();
        }
    }

    // A slot that no link leads to: one used before, or a new one.
    private int TakeSlot()
    {
        if (_freeSlots.TryDequeue(out var slot))
        {
            _graph.Clear(slot);
            return slot;
        }

        lock (_changeLock)
        {
            slot = _used;
            Reserve(slot + 1);
            _graph.Claim(slot, _graph.LevelOf(slot));
            Volatile.Write(ref _used, slot + 1);
        }

        return slot;
    }

    private void Publish(int slot, int id)
    {
        lock (_changeLock)
        {
            var map = _slotOfId ?? MakeIdMap();
            var old = map[id];
            SetState(slot, SlotState.Live);
            Interlocked.Increment(ref _live);
            map[id] = slot;
            if (old >= 0)
            {
                Retire(old);
            }

            _added++;
        }

        KeepUp();
    }

    private void Retire(int slot)
    {
        SetState(slot, SlotState.Removed);
        Interlocked.Decrement(ref _live);
        _removed++;
    }

    private IdMap MakeIdMap()
    {
        lock (_changeLock)
        {
            if (_slotOfId is { } there)
            {
                return there;
            }

            var map = new IdMap();
            for (var slot = 0; slot < _used; slot++)
            {
                if (StateOf(slot) == SlotState.Live)
                {
                    map[IdOf(slot)] = slot;
                }
            }

            Volatile.Write(ref _slotOfId, map);
            return map;
        }
    }

    // Starts the upkeep when enough has changed: it passes over all lists, which must be worth it.
    private void KeepUp()
    {
        lock (_changeLock)
        {
            var some = Math.Max(1024, _live / 32);
            if ((_removed < some && _added < 8 * some) || _upkeep is { IsAlive: true } || _isDisposed)
            {
                return;
            }

            _upkeep = new Thread(Consolidate) { IsBackground = true, Name = "siskin-hnsw-upkeep", Priority = ThreadPriority.BelowNormal };
            _upkeep.Start();
        }
    }

    private void MendAll()
    {
        var slots = Volatile.Read(ref _used);
        var removed = new ulong[(slots + 63) / 64];
        var gone = new List<int>();
        lock (_changeLock)
        {
            for (var slot = 0; slot < slots; slot++)
            {
                if (StateOf(slot) == SlotState.Removed)
                {
                    removed[slot >> 6] |= 1UL << (slot & 63);
                    gone.Add(slot);
                }
            }

            _removed -= gone.Count;
        }

        if (gone.Count == 0)
        {
            return;
        }

        // Insertions that began before the removal may still link to these slots; later ones do not.
        _pool.WaitFor(_pool.Mark());
        ReplaceEntry(slots, removed);
        for (var slot = 0; slot < slots && !_isDisposed; slot++)
        {
            if (StateOf(slot) == SlotState.Free || IsRemoved(slot))
            {
                continue;
            }

            // Short pieces of work, so that others who wait for their end need not wait long.
            for (var level = _graph.LevelOf(slot); level >= 0; level--)
            {
                if (LinksToRemoved(slot, level, removed))
                {
                    Mend(slot, level, removed);
                }
            }
        }

        // Whoever read a list before it was mended may still be on the way to these slots.
        _pool.WaitFor(_pool.Mark());
        foreach (var slot in gone)
        {
            SetState(slot, SlotState.Free);
            _freeSlots.Enqueue(slot);
        }

        bool IsRemoved(int slot) => ((removed[slot >> 6] >> (slot & 63)) & 1) != 0;
    }

    private bool LinksToRemoved(int slot, int level, ulong[] removed)
    {
        var links = _graph.Links(slot, level);
        var room = _graph.Room(level);
        for (var i = 0; i < room; i++)
        {
            var to = Volatile.Read(ref links[i]);
            if (to < 0)
            {
                return false;
            }

            if (to >> 6 < removed.Length && ((removed[to >> 6] >> (to & 63)) & 1) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private void Mend(int slot, int level, ulong[] removed)
    {
        var scratch = _pool.Rent();
        try
        {
            ReserveFor(scratch, 0);
            _linker.Mend(scratch, slot, level, removed);
        }
        finally
        {
            _pool.Return(scratch);
        }
    }

    private void ReplaceEntry(int slots, ulong[] removed)
    {
        lock (_entryLock)
        {
            var entry = _graph.ReadEntry(out _);
            if (entry < 0 || entry >> 6 >= removed.Length || ((removed[entry >> 6] >> (entry & 63)) & 1) == 0)
            {
                return;
            }

            var (best, level) = (-1, -1);
            for (var slot = 0; slot < slots; slot++)
            {
                if (StateOf(slot) == SlotState.Live && _graph.LevelOf(slot) > level)
                {
                    (best, level) = (slot, _graph.LevelOf(slot));
                }
            }

            _graph.WriteEntry(best, level);
        }
    }

    // Gives a link to every vector that no chain of links from the entry leads to on the lowest layer.
    private void ConnectAll()
    {
        lock (_changeLock)
        {
            _added = 0;
        }

        var entry = _graph.ReadEntry(out _);
        if (entry < 0)
        {
            return;
        }

        var slots = Volatile.Read(ref _used);
        var reached = new ulong[(slots + 63) / 64];
        var waiting = new Stack<int>();
        Spread(entry, slots, reached, waiting);
        for (var slot = 0; slot < slots && !_isDisposed; slot++)
        {
            if (((reached[slot >> 6] >> (slot & 63)) & 1) == 0 && StateOf(slot) == SlotState.Live)
            {
                LinkTo(slot);
                Spread(slot, slots, reached, waiting);
            }
        }
    }

    private void Spread(int start, int slots, ulong[] reached, Stack<int> waiting)
    {
        reached[start >> 6] |= 1UL << (start & 63);
        waiting.Push(start);
        while (waiting.TryPop(out var slot))
        {
            var links = _graph.Links(slot, 0);
            for (var i = 0; i < _graph.M0; i++)
            {
                var to = Volatile.Read(ref links[i]);
                if (to < 0)
                {
                    break;
                }

                if (to < slots && ((reached[to >> 6] >> (to & 63)) & 1) == 0)
                {
                    reached[to >> 6] |= 1UL << (to & 63);
                    waiting.Push(to);
                }
            }
        }
    }

    private void LinkTo(int slot)
    {
        var vector = new float[Dimensions];
        _codec.Decode(new ReadOnlySpan<byte>(_rows.Row(slot), _codec.RowBytes), vector);
        var scratch = Begin(vector, _options.EfConstruction);
        try
        {
            var list = new CandidateList(scratch.Keys, _options.EfConstruction);
            Walk(scratch, ref list);
            for (var i = 0; i < list.Count; i++)
            {
                if (list.Slot(i) != slot && StateOf(list.Slot(i)) == SlotState.Live && _linker.ForceLink(list.Slot(i), slot))
                {
                    return;
                }
            }
        }
        finally
        {
            _pool.Return(scratch);
        }
    }
}
