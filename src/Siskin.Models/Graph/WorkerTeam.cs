using System.Runtime.ExceptionServices;

namespace Siskin.Models.Graph;

/// <summary>Threads that do the parts of a step together and wait for each other many times a millisecond.</summary>
/// <remarks>
/// The calling thread is worker 0. Waiting spins, because parts are microseconds long, and gives its processor away after a
/// while. When one worker fails, the others come out of their next wait with an <see cref="OperationCanceledException"/>, and
/// <see cref="Run"/> throws the failure. Not for concurrent use.
/// </remarks>
internal sealed class WorkerTeam : IDisposable
{
    private const int Spins = 2000;

    private readonly Thread[] _threads;
    private Action<int>? _work;
    private volatile int _round;
    private volatile int _running;
    private volatile bool _isDisposed;
    private volatile bool _failed;
    private Exception? _failure;

    // Barrier: how many have come, and how often it has opened.
    private int _waiting;
    private volatile int _opened;

    /// <param name="count">Workers, at least 1, with the caller.</param>
    public WorkerTeam(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _threads = new Thread[count - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            var worker = i + 1;
            _threads[i] = new Thread(() => Loop(worker)) { IsBackground = true, Name = $"siskin-train-{worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>Workers, with the caller.</summary>
    public int Count { get; }

    /// <summary>Runs the work once on every worker and returns when all are done.</summary>
    /// <param name="work">Gets the worker's number.</param>
    public void Run(Action<int> work)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Count == 1)
        {
            work(0);
            return;
        }

        (_failed, _failure, _waiting, _work, _running) = (false, null, 0, work, Count - 1);
        Interlocked.Increment(ref _round);
        Do(work, 0);
        for (var wait = 0; _running > 0; wait++)
        {
            Pause(wait);
        }

        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }
    }

    /// <summary>Waits until all workers have come here as often.</summary>
    public void Barrier()
    {
        if (Count == 1)
        {
            return;
        }

        var opened = _opened;
        if (Interlocked.Increment(ref _waiting) == Count)
        {
            _waiting = 0;
            _opened = opened + 1;
            return;
        }

        for (var wait = 0; _opened == opened; wait++)
        {
            if (_failed)
            {
                throw new OperationCanceledException("another worker failed");
            }

            Pause(wait);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        Interlocked.Increment(ref _round);
        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private static void Pause(int wait)
    {
        if (wait < Spins)
        {
            Thread.SpinWait(8);
        }
        else if (wait < 2 * Spins)
        {
            Thread.Yield();
        }
        else
        {
            Thread.Sleep(wait < 4 * Spins ? 0 : 1);
        }
    }

    private void Loop(int worker)
    {
        for (var seen = 0; ; seen++)
        {
            for (var wait = 0; _round == seen; wait++)
            {
                Pause(wait);
            }

            if (_isDisposed)
            {
                return;
            }

            Do(_work!, worker);
            Interlocked.Decrement(ref _running);
        }
    }

    private void Do(Action<int> work, int worker)
    {
        try
        {
            work(worker);
        }
        catch (Exception failure)
        {
            // The first one counts; what it makes the others throw does not.
            if (Interlocked.CompareExchange(ref _failure, failure, null) is null)
            {
                _failed = true;
            }
        }
    }
}
