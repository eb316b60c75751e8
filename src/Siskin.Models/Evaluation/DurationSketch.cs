namespace Siskin.Models.Evaluation;

/// <summary>Quantiles of durations in fixed memory: counts in ranges of which eight share an octave, so that a quantile is within 5 % of the true one.</summary>
/// <remarks>Safe for concurrent use; takes no lock. From a microsecond to an hour; what lies outside counts as the nearest range.</remarks>
public sealed class DurationSketch
{
    private const int PerOctave = 8;
    private const int Octaves = 32;

    private readonly long[] _counts = new long[PerOctave * Octaves];

    /// <summary>Durations counted.</summary>
    public long Count
    {
        get
        {
            var sum = 0L;
            for (var i = 0; i < _counts.Length; i++)
            {
                sum += Volatile.Read(ref _counts[i]);
            }

            return sum;
        }
    }

    /// <summary>Counts a duration.</summary>
    /// <param name="milliseconds">At least 0; anything else is left out.</param>
    public void Add(double milliseconds)
    {
        if (milliseconds >= 0)
        {
            var range = (int)Math.Min(Math.Log2(Math.Max(1, milliseconds * 1000)) * PerOctave, _counts.Length - 1);
            Interlocked.Increment(ref _counts[range]);
        }
    }

    /// <summary>The duration, in milliseconds, that a share of all does not exceed; 0 when there is none.</summary>
    /// <param name="share">Above 0, at most 1.</param>
    public double Quantile(double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(share * Count));
        for (var i = 0; i < _counts.Length; i++)
        {
            wanted -= Volatile.Read(ref _counts[i]);
            if (wanted <= 0)
            {
                return Math.Pow(2, (i + 0.5) / PerOctave) / 1000;
            }
        }

        return 0;
    }
}
