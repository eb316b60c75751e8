using System.Collections.Concurrent;

namespace Siskin.Serving.Candidates;

/// <summary>Keeps up to a number of objects for use again.</summary>
/// <remarks>Safe for concurrent use. What does not fit is left to the garbage collector.</remarks>
internal sealed class Pool<T>(Func<T> create, int capacity)
    where T : class
{
    private readonly ConcurrentQueue<T> _items = new();
    private int _count;

    public T Rent()
    {
        if (_items.TryDequeue(out var item))
        {
            Interlocked.Decrement(ref _count);
            return item;
        }

        return create();
    }

    public void Return(T item)
    {
        if (Interlocked.Increment(ref _count) <= capacity)
        {
            _items.Enqueue(item);
        }
        else
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
