using System.Diagnostics;

namespace Siskin.Benchmarks.Vectors;

/// <summary>What an index under changes must hold: decides what to add and remove, and remembers when that was done.</summary>
/// <remarks>Safe for concurrent use. An id is a row of the base; while it is changed nobody else is given it.</remarks>
internal sealed class UpdatedContent
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(1);
    private readonly List<int> _present = [];
    private readonly Queue<int> _absent = new();
    private readonly List<(long Time, int Id, bool IsAdded)> _changes = [];
    private readonly long[] _removedAt;
    private readonly int _rows;
    private readonly int _start;

    /// <param name="rows">Rows of the base.</param>
    /// <param name="start">The first so many are in the index at the beginning.</param>
    public UpdatedContent(int rows, int start)
    {
        (_rows, _start, _removedAt) = (rows, start, new long[rows]);
        _present.AddRange(Enumerable.Range(0, start));
        foreach (var id in Enumerable.Range(start, rows - start))
        {
            _absent.Enqueue(id);
        }
    }

    /// <summary>Ids that are in; when nothing is being changed.</summary>
    public IReadOnlyList<int> Present => _present;

    /// <summary>Ids that were in and were removed; when nothing is being changed.</summary>
    public IEnumerable<int> Removed => Enumerable.Range(0, _rows).Where(id => _removedAt[id] != 0);

    /// <summary>An id to add: one that was never in, then those removed longest ago; one that is in when none is left or a replacement is wanted.</summary>
    public int TakeToAdd(bool isReplacement)
    {
        lock (_lock)
        {
            if (isReplacement || !_absent.TryDequeue(out var id))
            {
                return TakePresent();
            }

            Volatile.Write(ref _removedAt[id], 0);
            return id;
        }
    }

    /// <summary>An id to remove.</summary>
    public int TakeToRemove()
    {
        lock (_lock)
        {
            return TakePresent();
        }
    }

    /// <summary>The addition has returned.</summary>
    public void Added(int id)
    {
        lock (_lock)
        {
            _present.Add(id);
            _changes.Add((Stopwatch.GetTimestamp(), id, true));
        }
    }

    /// <summary>The removal has returned.</summary>
    public void HasBeenRemoved(int id)
    {
        Volatile.Write(ref _removedAt[id], Stopwatch.GetTimestamp());
        lock (_lock)
        {
            _absent.Enqueue(id);
            _changes.Add((_removedAt[id], id, false));
        }
    }

    /// <summary>Whether a search that began at some time must not have found an id.</summary>
    public bool IsForbidden(int id, long searchBegan) => Volatile.Read(ref _removedAt[id]) is var at && at != 0 && at < searchBegan;

    /// <summary>The content at some times.</summary>
    /// <param name="times">Rising.</param>
    /// <returns>By time: whether each row was in. The same array each time.</returns>
    public IEnumerable<bool[]> At(IEnumerable<long> times)
    {
        var isPresent = new bool[_rows];
        isPresent.AsSpan(0, _start).Fill(true);
        var changes = _changes.OrderBy(change => change.Time).ToArray();
        var next = 0;
        foreach (var time in times)
        {
            for (; next < changes.Length && changes[next].Time <= time; next++)
            {
                isPresent[changes[next].Id] = changes[next].IsAdded;
            }

            yield return isPresent;
        }
    }

    private int TakePresent()
    {
        var at = _random.Next(_present.Count);
        var id = _present[at];
        _present[at] = _present[^1];
        _present.RemoveAt(_present.Count - 1);
        return id;
    }
}
