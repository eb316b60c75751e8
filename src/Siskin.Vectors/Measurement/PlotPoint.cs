namespace Siskin.Vectors.Measurement;

/// <summary>One point of a plot.</summary>
/// <param name="Recall">0 to 1.</param>
/// <param name="QueriesPerSecond">More than 0.</param>
public readonly record struct PlotPoint(double Recall, double QueriesPerSecond);
