namespace Siskin.Serving.Pipeline;

/// <summary>What one stage did.</summary>
/// <param name="Name">Name of the stage.</param>
/// <param name="Milliseconds">Time it took.</param>
/// <param name="In">Candidates that came in.</param>
/// <param name="Out">Candidates that went on.</param>
/// <param name="Dropped">How many were dropped for which reason.</param>
public sealed record StageTrace(
    string Name,
    double Milliseconds,
    int In,
    int Out,
    IReadOnlyDictionary<string, int> Dropped);
