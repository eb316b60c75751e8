using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Siskin.Benchmarks.Vectors;

/// <summary>Requests that arrive at a fixed rate, whether or not the earlier ones are done.</summary>
/// <remarks>
/// A request's latency runs from the moment it was due, so that one slow request is charged with those that had to wait
/// behind it. Threads take the requests in turn.
/// </remarks>
internal sealed partial class OpenLoop
{
    // What is not begun so long after its end is given up and counted.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Thread[] _threads;
    private readonly Action<int> _request;
    private readonly double[] _latencies;
    private readonly double _perSecond;
    private long _start;
    private int _next = -1;
    private int _failures;

    /// <param name="name">For the table.</param>
    /// <param name="perSecond">How many arrive.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="threads">How many are served at the same time.</param>
    /// <param name="request">Serves the request of a number, 0 and up.</param>
    public OpenLoop(string name, int perSecond, int seconds, int threads, Action<int> request)
    {
        (Name, _perSecond, _request) = (name, perSecond, request);
        _latencies = new double[perSecond * seconds];
        _latencies.AsSpan().Fill(double.NaN);
        _threads = new Thread[threads];
    }

    public string Name { get; }

    public int Scheduled => _latencies.Length;

    public int Failures => _failures;

    /// <summary>The first failure; null when there was none.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Runs several side by side, and waits for their end.</summary>
    public static void RunAll(params OpenLoop[] loops)
    {
        // Some time to start the threads.
        var start = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 10);
        foreach (var loop in loops)
        {
            loop._start = start;
            for (var i = 0; i < loop._threads.Length; i++)
            {
                loop._threads[i] = new Thread(loop.Serve) { IsBackground = true, Name = loop.Name };
                loop._threads[i].Start();
            }
        }

        foreach (var thread in loops.SelectMany(loop => loop._threads))
        {
            thread.Join();
        }
    }

    /// <summary>Latencies of what was done, in milliseconds.</summary>
    public List<double> Latencies() => [.. _latencies.Where(double.IsFinite)];

    private void Serve()
    {
        var ticks = Stopwatch.Frequency / _perSecond;
        var end = _start + (long)(_latencies.Length * ticks) + (long)(Patience.TotalSeconds * Stopwatch.Frequency);
        for (int i; (i = Interlocked.Increment(ref _next)) < _latencies.Length;)
        {
            var due = _start + (long)(i * ticks);
            WaitUntil(due);
            if (Stopwatch.GetTimestamp() > end)
            {
                return;
            }

            try
            {
                _request(i);
                _latencies[i] = Stopwatch.GetElapsedTime(due).TotalMilliseconds;
            }
            catch (Exception e)
            {
                Interlocked.Increment(ref _failures);
                Failure ??= e;
            }
        }
    }

    private static void WaitUntil(long timestamp)
    {
        for (long left; (left = timestamp - Stopwatch.GetTimestamp()) > 0;)
        {
            var nanoseconds = (long)(left * (1e9 / Stopwatch.Frequency));
            if (OperatingSystem.IsLinux())
            {
                // Thread.Sleep knows only milliseconds, and spinning would take a core from the index.
                var time = new TimeSpec(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
                _ = Sleep(in time, 0);
            }
            else
            {
                Thread.Sleep((int)(nanoseconds / 1_000_000));
            }
        }
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    private static extern int Sleep(in TimeSpec time, nint remaining);

    private readonly record struct TimeSpec(nint Seconds, nint Nanoseconds)
    {
        public TimeSpec(long seconds, long nanoseconds)
            : this((nint)seconds, (nint)nanoseconds)
        {
        }
    }
}
