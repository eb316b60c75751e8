namespace Siskin.Vectors.Measurement;

/// <summary>How searches are measured.</summary>
public sealed record SearchCurveOptions
{
    /// <summary>Threads that ask at the same time, each its next query when the one before is answered.</summary>
    /// <value>1 by default.</value>
    public int Threads { get; init; } = 1;

    /// <summary>How often all queries are asked at each setting, at least; figures are medians over these rounds.</summary>
    /// <value>3 by default.</value>
    public int Rounds { get; init; } = 3;

    /// <summary>Rounds go on, beyond <see cref="Rounds"/>, until this time has gone by at a setting: few queries that are answered fast need more rounds.</summary>
    /// <value>Nothing by default.</value>
    public TimeSpan Least { get; init; } = TimeSpan.Zero;

    /// <summary>No further round begins at a setting once this time has gone by there; one is always run to its end.</summary>
    /// <value>10 seconds by default.</value>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long queries are asked before each setting without counting, for caches and compiled code to settle.</summary>
    /// <value>300 milliseconds by default.</value>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromMilliseconds(300);
}
