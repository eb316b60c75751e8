namespace Siskin.Vectors.Advice;

/// <summary>What one kind of index did on one sample.</summary>
/// <param name="Rows">Vectors in the sample.</param>
/// <param name="Neighbours">True neighbours looked for at each effort, queries × k: what recall is a share of.</param>
/// <param name="BuildSeconds">Time to build it, with the threads of the options.</param>
/// <param name="Memory">What it held after building.</param>
/// <param name="Points">Searches, by rising effort; at least one.</param>
/// <param name="AddMicroseconds">Time of one thread for adding a vector.</param>
/// <param name="RemoveMicroseconds">Time of one thread for removing a vector, its share of the upkeep that follows included.</param>
/// <param name="ElapsedSeconds">Time that all this took to measure.</param>
public sealed record CandidateMeasurement(
    int Rows,
    long Neighbours,
    double BuildSeconds,
    IndexMemory Memory,
    IReadOnlyList<EffortFigures> Points,
    double AddMicroseconds,
    double RemoveMicroseconds,
    double ElapsedSeconds)
{
    /// <summary>The effort at which a search looks at every vector, where that is another with more vectors; 0 where there is none.</summary>
    public int WholeEffort { get; init; }

    /// <summary>Searches at one effort; null when it was not measured.</summary>
    internal EffortFigures? At(int effort)
    {
        foreach (var point in Points)
        {
            if (point.Effort == effort)
            {
                return point;
            }
        }

        return null;
    }
}
