using System.Collections.Concurrent;

namespace Siskin.Vectors.Hnsw;

/// <summary>Lends working memory, and knows when all work that began before some moment has ended.</summary>
/// <remarks>
/// Epoch-based reclamation: whoever works with slots announces the clock's value at its beginning. A slot that no link
/// leads to any more can be given to another vector once all work that began before that moment has ended.
/// </remarks>
internal sealed class ScratchPool : IDisposable
{
    private readonly ConcurrentBag<SearchScratch> _free = [];
    private readonly Lock _lock = new();
    private SearchScratch[] _all = [];
    private long _clock = 1;

    /// <summary>Lends working memory and announces that work begins.</summary>
    public SearchScratch Rent()
    {
        if (!_free.TryTake(out var scratch))
        {
            scratch = new();
            lock (_lock)
            {
                _all = [.. _all, scratch];
            }
        }

        // A full fence: links read later are those after any moment whose check did not see this announcement.
        Interlocked.Exchange(ref scratch.Since, Volatile.Read(ref _clock));
        return scratch;
    }

    /// <summary>The work has ended.</summary>
    public void Return(SearchScratch scratch)
    {
        Volatile.Write(ref scratch.Since, 0);
        _free.Add(scratch);
    }

    /// <summary>A moment: work that begins from now on is after it.</summary>
    public long Mark() => Interlocked.Increment(ref _clock);

    /// <summary>Whether all work that began before a moment has ended.</summary>
    public bool HasPassed(long mark)
    {
        foreach (var scratch in Volatile.Read(ref _all))
        {
            var since = Volatile.Read(ref scratch.Since);
            if (since != 0 && since < mark)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Waits until all work that began before a moment has ended.</summary>
    public void WaitFor(long mark)
    {
        for (var spin = default(SpinWait); !HasPassed(mark);)
        {
            spin.SpinOnce();
        }
    }

    public void Dispose()
    {
        foreach (var scratch in _all)
        {
            scratch.Dispose();
        }
    }
}
