namespace Siskin.Server.Telemetry;

/// <summary>How often durations fell into fixed ranges.</summary>
/// <remarks>Safe for concurrent use. Readers may see an observation in the sum before its bucket, never a count that shrinks.</remarks>
internal sealed class Histogram
{
    private static readonly double[] BoundsSeconds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly long[] _counts = new long[BoundsSeconds.Length + 1];
    private long _sumMicroseconds;

    /// <summary>Upper bounds in seconds, included; the last bucket has none.</summary>
    public static IReadOnlyList<double> Bounds => BoundsSeconds;

    /// <summary>Sum of all durations in seconds.</summary>
    public double SumSeconds => Interlocked.Read(ref _sumMicroseconds) / 1e6;

    /// <summary>Observations in a bucket alone.</summary>
    public long CountIn(int bucket) => Interlocked.Read(ref _counts[bucket]);

    public void Observe(double seconds)
    {
        if (!(seconds >= 0 && seconds < 1e9))
        {
            return;
        }

        var bucket = 0;
        while (bucket < BoundsSeconds.Length && seconds > BoundsSeconds[bucket])
        {
            bucket++;
        }

        Interlocked.Add(ref _sumMicroseconds, (long)Math.Round(seconds * 1e6));
        Interlocked.Increment(ref _counts[bucket]);
    }
}
