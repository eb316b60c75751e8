namespace Siskin.Vectors.Measurement;

/// <summary>How good and how fast an index is at one setting.</summary>
/// <param name="Effort">The setting: <see cref="SearchOptions.Effort"/>; 0 for what the index was told when made.</param>
/// <param name="Recall">Recall@k, 0 to 1, ties counted.</param>
/// <param name="QueriesPerSecond">Queries answered per second, by all threads together; the median of the rounds.</param>
/// <param name="P50Microseconds">The latency that half of the queries keep to; the median of the rounds.</param>
/// <param name="P99Microseconds">The latency that 99 of 100 queries keep to; the median of the rounds.</param>
/// <param name="Rounds">How often all queries were asked.</param>
public sealed record CurvePoint(int Effort, double Recall, double QueriesPerSecond, double P50Microseconds, double P99Microseconds, int Rounds);
