namespace Siskin.Vectors.Advice;

/// <summary>How good and how fast searches are at one effort, measured or foretold.</summary>
/// <param name="Effort">The setting: <see cref="SearchOptions.Effort"/>; 0 for what the index was told when made.</param>
/// <param name="Recall">Recall@k, 0 to 1.</param>
/// <param name="MeanMicroseconds">Mean time of a search on one thread.</param>
/// <param name="P99Microseconds">The time that 99 of 100 searches keep to.</param>
public sealed record EffortFigures(int Effort, double Recall, double MeanMicroseconds, double P99Microseconds)
{
    /// <summary>Searches that one thread answers in a second.</summary>
    public double QueriesPerSecond => 1e6 / MeanMicroseconds;

    /// <summary>One of the two times.</summary>
    internal double Microseconds(LatencyMeasure measure) => measure == LatencyMeasure.Mean ? MeanMicroseconds : P99Microseconds;
}
