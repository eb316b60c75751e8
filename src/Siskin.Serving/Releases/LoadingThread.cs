using Siskin.Vectors.Memory;

namespace Siskin.Serving.Releases;

/// <summary>Runs long work on a thread of its own that yields to requests: of low priority, and resting between small pieces.</summary>
/// <remarks>Requests run on the pool's threads, so that work here takes none of those; what it takes of the processors is bounded by a share.</remarks>
public sealed class LoadingThread
{
    // Shorter rests than this the system does not keep exactly, and longer pieces a request would notice.
    private const double PieceMs = 1;
    private const double MaxRestMs = 100;
    private const int Niceness = 5;

    [ThreadStatic]
    private static LoadingThread? _current;

    private readonly double _restPerWork;
    private readonly CancellationToken _cancellation;
    private long _begun;

    private LoadingThread(double share, CancellationToken cancellation) => (_restPerWork, _cancellation) = ((1 / share) - 1, cancellation);

    /// <summary>Runs work to its end on a new thread.</summary>
    /// <param name="work">Synchronous; what it calls of this project rests by itself.</param>
    /// <param name="share">Share of one core that it may take; above 0, and 1 for all of it.</param>
    /// <param name="cancellationToken">Ends the work at its next rest.</param>
    /// <typeparam name="T">What the work gives.</typeparam>
    /// <exception cref="ArgumentOutOfRangeException">The share is not above 0 and at most 1.</exception>
    public static Task<T> RunAsync<T>(Func<T> work, double share, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(work, share, result, cancellationToken))
        {
            IsBackground = true,
            Name = "Siskin release",
            Priority = ThreadPriority.BelowNormal,
        };
        thread.Start();
        return result.Task;
    }

    /// <summary>Whether the calling thread is one.</summary>
    internal static bool IsCurrent => _current is not null;

    /// <summary>Rests when this is such a thread and a piece of work is done; else does nothing.</summary>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    internal static void Rest() => _current?.RestAfterPiece();

    private static void Run<T>(Func<T> work, double share, TaskCompletionSource<T> result, CancellationToken cancellationToken)
    {
        // The system's own priority: .NET's says nothing to Linux. Not the lowest: a collection that this thread sets off runs
        // on it, and all requests wait for that.
        LinuxMemory.LowerThreadPriority(Niceness);
        _current = new LoadingThread(share, cancellationToken) { _begun = System.Diagnostics.Stopwatch.GetTimestamp() };
        try
        {
            result.SetResult(work());
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            result.SetCanceled(cancellationToken);
        }
        catch (Exception e)
        {
            result.SetException(e);
        }
    }

    private void RestAfterPiece()
    {
        var worked = System.Diagnostics.Stopwatch.GetElapsedTime(_begun).TotalMilliseconds;
        if (worked < PieceMs)
        {
            return;
        }

        _cancellation.ThrowIfCancellationRequested();
        if (_restPerWork > 0)
        {
            _cancellation.WaitHandle.WaitOne((int)Math.Ceiling(Math.Min(worked * _restPerWork, MaxRestMs)));
            _cancellation.ThrowIfCancellationRequested();
        }

        _begun = System.Diagnostics.Stopwatch.GetTimestamp();
    }
}
