namespace Siskin.Models.LinearAlgebra;

/// <summary>Cuts rows into runs of about equal cost and hands them to threads as these become free.</summary>
internal static class RowPartition
{
    private const int Chunks = 256;

    /// <summary>Ends of runs of consecutive rows; the first starts at 0, each other where the one before ends.</summary>
    public static int[] Create(int rowCount, Func<int, double> cost)
    {
        var total = 0.0;
        for (var row = 0; row < rowCount; row++)
        {
            total += cost(row);
        }

        var ends = new List<int>();
        var sum = 0.0;
        for (var row = 0; row < rowCount; row++)
        {
            sum += cost(row);
            if (sum >= total / Chunks || row == rowCount - 1)
            {
                ends.Add(row + 1);
                sum = 0;
            }
        }

        return [.. ends];
    }

    /// <summary>Runs the body once for every run of rows. Each thread makes one state and keeps it.</summary>
    public static void Run<TState>(int[] ends, int threads, CancellationToken cancellationToken, Func<TState> start, Action<TState, int, int> body)
    {
        var workers = Math.Max(1, Math.Min(Threads(threads), ends.Length));
        var next = -1;
        void Work()
        {
            var state = start();
            for (var chunk = Interlocked.Increment(ref next); chunk < ends.Length; chunk = Interlocked.Increment(ref next))
            {
                cancellationToken.ThrowIfCancellationRequested();
                body(state, chunk == 0 ? 0 : ends[chunk - 1], ends[chunk]);
            }
        }

        if (workers == 1)
        {
            Work();
            return;
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellationToken };
        Parallel.For(0, workers, options, _ => Work());
    }

    /// <summary>The number of threads meant: 0 stands for every processor.</summary>
    public static int Threads(int requested) => requested > 0 ? requested : Environment.ProcessorCount;
}
