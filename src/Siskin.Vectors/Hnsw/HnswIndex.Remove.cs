using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Siskin.Vectors.Hnsw;

/// <content>Removing, and the upkeep that follows.</content>
public sealed unsafe partial class HnswIndex
{
    // Key of those who are followed by vectors that no place is found for beside their own nearest.
    private const int Anywhere = -2;

    // Links that lead to a vector, so that searches for it find it surely enough.
    private const int EnoughLinks = 4;

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
        _saving.EnterReadLock();
        try
        {
            EnsureChecked();
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
        finally
        {
            _saving.ExitReadLock();
        }
    }

    /// <summary>
    /// Mends the links around removed vectors, so that their slots can be used again, and gives a link to vectors that
    /// none leads to. Runs by itself in the background after many changes.
    /// </summary>
    /// <remarks>Searches and changes go on meanwhile. Singh et al. 2021 (FreshDiskANN) describe the mending.</remarks>
    public void Consolidate()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        lock (_upkeepLock)
        {
            EnsureChecked();
            MendAll();
            ConnectAll();
        }
    }

    // Upkeep that failed is tried again after further changes; nothing is wrong without it but speed and memory.
    private void TryConsolidate()
    {
        try
        {
            Consolidate();
        }
        catch (Exception e) when (e is OutOfMemoryException or ObjectDisposedException)
        {
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

            // The entry may have been removed while this one was on its way.
            RaiseEntry(slot, _graph.LevelOf(slot));
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
            if ((_removed < some && _added < 2 * some) || _upkeep is { IsAlive: true } || _isDisposed)
            {
                return;
            }

            _upkeep = new Thread(TryConsolidate) { IsBackground = true, Name = "siskin-hnsw-upkeep", Priority = ThreadPriority.BelowNormal };
            _upkeep.Start();
        }
    }

    private void MendAll()
    {
        int slots;
        ulong[] removed;
        var gone = new List<int>();
        lock (_changeLock)
        {
            // Counted under the lock: whoever takes a later slot begins after these removals and links to none of them.
            slots = _used;
            removed = new ulong[(slots + 63) / 64];
            for (var slot = 0; slot < slots; slot++)
            {
                if (StateOf(slot) == SlotState.Removed)
                {
                    removed[slot >> 6] |= 1UL << (slot & 63);
                    gone.Add(slot);
                }
            }

        }

        if (gone.Count == 0)
        {
            return;
        }

        // Insertions that began before the removal may still link to these slots; later ones do not.
        _pool.WaitFor(_pool.Mark());
        ReplaceEntry(removed);
        for (var slot = 0; slot < slots && !_isDisposed; slot++)
        {
            if (StateOf(slot) == SlotState.Free || Has(removed, slot))
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

        lock (_changeLock)
        {
            _removed -= gone.Count;
        }
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

            if (Has(removed, to))
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

    private void ReplaceEntry(ulong[] removed)
    {
        lock (_entryLock)
        {
            var entry = _graph.ReadEntry(out _);
            if (entry < 0 || !Has(removed, entry))
            {
                return;
            }

            var (best, level) = (-1, -1);
            var slots = Volatile.Read(ref _used);
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
        if (Metric != VectorMetric.InnerProduct)
        {
            ReturnLinks(slots);
        }

        var reached = new ulong[(slots + 63) / 64];
        var waiting = new Stack<int>();
        var followers = new Dictionary<int, (int Open, int Last)>();
        Spread(entry, slots, reached, waiting);
        for (var slot = 0; slot < slots && !_isDisposed; slot++)
        {
            if (!Has(reached, slot) && StateOf(slot) == SlotState.Live)
            {
                if (!LinkFromNeighbours(slot, reached, followers))
                {
                    LinkFromNearest(slot, 1, default);
                }

                Spread(slot, slots, reached, waiting);
            }
        }
    }

    // Vectors that lie apart chose their neighbours when few were there, and are soon dropped by them for nearer ones:
    // then a search for just this vector passes by. So the nearest of now are made to lead there. By inner product that
    // is as it should be: what is nearest to a short vector is long, and has nearer ones.
    private void ReturnLinks(int slots)
    {
        var counts = new int[slots];
        for (var slot = 0; slot < slots; slot++)
        {
            var links = _graph.Links(slot, 0);
            for (var i = 0; i < _graph.M0; i++)
            {
                var to = Volatile.Read(ref links[i]);
                if ((uint)to >= (uint)slots)
                {
                    break;
                }

                counts[to]++;
            }
        }

        for (var slot = 0; slot < slots && !_isDisposed; slot++)
        {
            if (counts[slot] < EnoughLinks && StateOf(slot) == SlotState.Live)
            {
                counts[slot] += LinkFromNearest(slot, EnoughLinks - counts[slot], counts);
            }
        }
    }

    // By inner product a large part of the vectors, the short ones, are nobody's nearest, and the long ones that are
    // nearest to them have no room for all. Then the long one leads to one of them, and that one to the others.
    private bool LinkFromNeighbours(int slot, ulong[] reached, Dictionary<int, (int Open, int Last)> followers)
    {
        var links = _graph.Links(slot, 0);
        for (var i = 0; i < _graph.M0; i++)
        {
            if (Follow(followers, Volatile.Read(ref links[i]), slot))
            {
                return true;
            }
        }

        // Long vectors that a crowd of short ones chose are soon asked in vain, which takes its time.
        var tries = Metric == VectorMetric.InnerProduct ? 1 : _graph.M0;
        for (var i = 0; i < tries; i++)
        {
            var to = Volatile.Read(ref links[i]);
            if (to < 0)
            {
                break;
            }

            if (Has(reached, to) && StateOf(to) == SlotState.Live && _linker.ForceLink(to, slot, default))
            {
                followers[to] = (slot, slot);
                followers.TryAdd(Anywhere, (slot, slot));
                return true;
            }
        }

        return Metric == VectorMetric.InnerProduct && Follow(followers, Anywhere, slot);
    }

    private bool Follow(Dictionary<int, (int Open, int Last)> followers, int nearest, int slot)
    {
        ref var follower = ref CollectionsMarshal.GetValueRefOrNullRef(followers, nearest);
        if (Unsafe.IsNullRef(ref follower))
        {
            return false;
        }

        // Full ones are followed by the one that came last, so that the way to all stays short.
        if (!_linker.Append(follower.Open, slot) && !_linker.Append(follower.Open = follower.Last, slot))
        {
            return false;
        }

        follower.Last = slot;
        return true;
    }

    private static bool Has(ulong[] bits, int slot) => slot >> 6 < bits.Length && ((bits[slot >> 6] >> (slot & 63)) & 1) != 0;

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

                if (to < slots && !Has(reached, to))
                {
                    reached[to >> 6] |= 1UL << (to & 63);
                    waiting.Push(to);
                }
            }
        }
    }

    // How many of the nearest lead to a slot in the end, of those wanted.
    private int LinkFromNearest(int slot, int wanted, ReadOnlySpan<int> counts)
    {
        var vector = new float[Dimensions];
        _codec.Decode(new ReadOnlySpan<byte>(_rows.Row(slot), _codec.RowBytes), vector);
        var scratch = Begin(vector, _options.EfConstruction);
        try
        {
            var list = new CandidateList(scratch.Keys, _options.EfConstruction);
            Walk(scratch, ref list);
            var linked = 0;
            for (var i = 0; i < list.Count && linked < wanted; i++)
            {
                var other = list.Slot(i);
                linked += other != slot && StateOf(other) == SlotState.Live && _linker.ForceLink(other, slot, counts) ? 1 : 0;
            }

            return linked;
        }
        finally
        {
            _pool.Return(scratch);
        }
    }
}
