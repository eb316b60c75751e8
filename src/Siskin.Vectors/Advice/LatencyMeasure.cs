namespace Siskin.Vectors.Advice;

/// <summary>Which time of a search a budget bounds.</summary>
public enum LatencyMeasure
{
    /// <summary>The time that 99 of 100 searches keep to.</summary>
    P99,

    /// <summary>The mean time.</summary>
    Mean,
}
