using System.Runtime.CompilerServices;
using Siskin.Vectors.Memory;

namespace Siskin.Vectors.Hnsw;

/// <summary>The bare graph: links of every slot on every layer, and where a search enters.</summary>
/// <remarks>
/// Each list of links has room for a fixed number and ends with −1 when it is not full. Lists are read without locks
/// while they are written: every link is one aligned number, and a reader that sees a list half changed sees links that
/// were or will be there. Writers of one list hold its lock (<see cref="Lock"/>), never two at once.
/// A slot keeps its top layer for ever, also when another vector moves in.
/// </remarks>
internal sealed unsafe class HnswGraph : IDisposable
{
    /// <summary>The highest layer there can be.</summary>
    public const int MaxLevel = 24;

    private const int LockStripes = 1 << 14;

    private readonly int[] _locks = new int[LockStripes];
    private readonly double _levelFactor;
    private readonly ulong _seed;
    private readonly Lock _upperLock = new();
    private int _upperUsed;
    private long _entry = -1;

    /// <summary>Starts without slots.</summary>
    /// <param name="m">Links on the upper layers; twice as many on the lowest.</param>
    /// <param name="seed">Seed of the slots' layers.</param>
    public HnswGraph(int m, ulong seed)
    {
        M = m;
        M0 = 2 * m;
        _seed = seed;
        _levelFactor = 1 / Math.Log(m);
        Base = new ChunkedRows(M0 * sizeof(int));
        UpperStart = new ChunkedRows(sizeof(int));
        Upper = new ChunkedRows(m * sizeof(int));
    }

    /// <summary>Links of a slot on a layer above the lowest.</summary>
    public int M { get; }

    /// <summary>Links of a slot on the lowest layer.</summary>
    public int M0 { get; }

    /// <summary>Lists of the lowest layer, by slot.</summary>
    public ChunkedRows Base { get; }

    /// <summary>By slot, the row of its list for layer 1 in <see cref="Upper"/>, higher layers following; −1 for most.</summary>
    public ChunkedRows UpperStart { get; }

    /// <summary>Lists of the upper layers.</summary>
    public ChunkedRows Upper { get; }

    /// <summary>Rows of <see cref="Upper"/> in use.</summary>
    public int UpperUsed => _upperUsed;

    /// <summary>The file that the lists and rows were opened from, as long as some of it was not compared with its checksums; else null.</summary>
    public HnswFile? File { get; set; }

    /// <summary>Slot and top layer of the entry, read at once.</summary>
    /// <param name="level">Its top layer.</param>
    /// <returns>The slot, −1 when nothing is in.</returns>
    public int ReadEntry(out int level)
    {
        var entry = Volatile.Read(ref _entry);
        level = (int)(entry >> 32);
        return (int)(entry & 0xFFFF_FFFF);
    }

    /// <summary>Changes where searches enter.</summary>
    public void WriteEntry(int slot, int level) => Volatile.Write(ref _entry, slot < 0 ? -1 : ((long)level << 32) | (uint)slot);

    /// <summary>The top layer of a slot: ⌊−ln(u)/ln(M)⌋ for a u that the slot and the seed decide.</summary>
    public int LevelOf(int slot)
    {
        // SplitMix64: the same layers whatever the order of insertion and the number of threads.
        var z = _seed + (((ulong)slot + 1) * 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        var u = ((z >> 11) + 1) * (1.0 / ((1UL << 53) + 1));
        return Math.Min(MaxLevel, (int)(-Math.Log(u) * _levelFactor));
    }

    /// <summary>Makes room for slots; their lists are empty once <see cref="Claim"/> was called for them.</summary>
    public void Reserve(int slots)
    {
        Base.Reserve(slots);
        UpperStart.Reserve(slots);
    }

    /// <summary>Empties the lists of a new slot, taking room for its upper layers.</summary>
    /// <param name="slot">Below what was reserved.</param>
    /// <param name="level">Its top layer.</param>
    public void Claim(int slot, int level)
    {
        new Span<int>(Base.Row(slot), M0).Fill(-1);
        var start = -1;
        if (level > 0)
        {
            lock (_upperLock)
            {
                start = _upperUsed;
                if (start + level > Upper.Capacity)
                {
                    // Grows by half, in pieces, so that a large build takes few.
                    Upper.Reserve(Math.Max(start + level, start + (start / 2)));
                }

                _upperUsed += level;
            }

            for (var i = 0; i < level; i++)
            {
                new Span<int>(Upper.Row(start + i), M).Fill(-1);
            }
        }

        Volatile.Write(ref *(int*)UpperStart.Row(slot), start);
    }

    /// <summary>Takes lists of upper layers, already in <see cref="Upper"/>, as used.</summary>
    public void RestoreUpper(int lists) => _upperUsed = lists;

    /// <summary>Looks through all lists for links that lead nowhere.</summary>
    /// <param name="slots">How many slots there are.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public string? Fault(int slots)
    {
        var lists = 0L;
        for (var slot = 0; slot < slots; slot++)
        {
            var top = LevelOf(slot);
            var start = *(int*)UpperStart.Row(slot);
            if (top > 0 ? start < 0 || (long)start + top > _upperUsed : start != -1)
            {
                return $"slot {slot} has no lists for its {top} upper layers";
            }

            lists += top;
            for (var level = 0; level <= top; level++)
            {
                var links = Links(slot, level);
                for (var i = 0; i < Room(level) && links[i] != -1; i++)
                {
                    if ((uint)links[i] >= (uint)slots || (level > 0 && LevelOf(links[i]) < level))
                    {
                        return $"link {i} of slot {slot} on layer {level} leads to {links[i]}, where nothing is";
                    }
                }
            }
        }

        return lists == _upperUsed ? null : $"{_upperUsed} lists on upper layers, expected {lists}";
    }

    /// <summary>Empties the lists of a slot that is used again; its layers stay.</summary>
    public void Clear(int slot)
    {
        for (var level = LevelOf(slot); level >= 0; level--)
        {
            new Span<int>(Links(slot, level), Room(level)).Fill(-1);
        }
    }

    /// <summary>The list of a slot on a layer that it has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int* Links(int slot, int level) =>
        (int*)(level == 0 ? Base.Row(slot) : Upper.Row(*(int*)UpperStart.Row(slot) + level - 1));

    /// <summary>Room in a list of a layer.</summary>
    public int Room(int level) => level == 0 ? M0 : M;

    /// <summary>Links of a list before its end.</summary>
    public static int Degree(int* links, int room)
    {
        var degree = new ReadOnlySpan<int>(links, room).IndexOf(-1);
        return degree < 0 ? room : degree;
    }

    /// <summary>Takes the lock of a slot's lists; short, so waiting spins.</summary>
    public void Lock(int slot)
    {
        ref var word = ref _locks[slot & (LockStripes - 1)];
        if (Interlocked.CompareExchange(ref word, 1, 0) == 0)
        {
            return;
        }

        var spin = default(SpinWait);
        while (Interlocked.CompareExchange(ref word, 1, 0) != 0)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Unlock(int slot) => Volatile.Write(ref _locks[slot & (LockStripes - 1)], 0);

    public void Dispose()
    {
        Base.Dispose();
        UpperStart.Dispose();
        Upper.Dispose();
    }
}
