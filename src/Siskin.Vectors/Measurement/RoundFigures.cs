namespace Siskin.Vectors.Measurement;

/// <summary>How fast all queries were answered once.</summary>
internal readonly record struct RoundFigures(double QueriesPerSecond, double P50Microseconds, double P99Microseconds);
