namespace Siskin.Models.Embeddings;

/// <summary>Reported about four times a second while <see cref="SkipGram"/> trains, and once at its end.</summary>
/// <param name="Words">Ids seen so far over all epochs, those left out by subsampling included.</param>
/// <param name="TotalWords">Ids of all epochs.</param>
/// <param name="Loss">Mean loss of a pair with its negatives since the report before, over a sample of windows; NaN when there was none.</param>
/// <param name="Elapsed">Time since the first step.</param>
public readonly record struct SkipGramProgress(long Words, long TotalWords, double Loss, TimeSpan Elapsed)
{
    /// <summary>Ids per second so far, all threads together.</summary>
    public double WordsPerSecond => Words / Math.Max(Elapsed.TotalSeconds, 1e-9);

    /// <summary>Time left at the rate so far.</summary>
    public TimeSpan Remaining => Elapsed * ((double)(TotalWords - Words) / Math.Max(1, Words));
}
