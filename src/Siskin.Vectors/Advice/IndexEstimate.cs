namespace Siskin.Vectors.Advice;

/// <summary>What an index would do with the wanted number of vectors, and whether that is enough.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Kind">"exact", "hnsw", "lsh" or "scan".</param>
/// <param name="Parameters">Options of the index class by name, the effort included.</param>
/// <param name="Fits">Whether it keeps to all that was asked for.</param>
/// <param name="Search">
/// Searches, with recall as a bound, at the least effort that reaches the wanted recall; where none does, or none within the latency, at the effort
/// with the best recall that keeps to the latency, or the least effort of all.
/// </param>
/// <param name="Curve">Searches at the efforts measured, foretold for the wanted number of vectors.</param>
/// <param name="MemoryBytes">Bytes held.</param>
/// <param name="BuildSeconds">Time to build on this machine.</param>
/// <param name="AddsPerSecond">Vectors that can be added per second within the share of a core, when nothing is removed.</param>
/// <param name="UpdateLoad">Cores that the wanted changes take.</param>
/// <param name="SampleRows">Rows of the largest sample that it was measured on.</param>
/// <param name="Reasons">Why it is recommended or not, in plain words.</param>
public sealed record IndexEstimate(
    string Name,
    string Kind,
    IReadOnlyDictionary<string, string> Parameters,
    bool Fits,
    EffortFigures Search,
    IReadOnlyList<EffortFigures> Curve,
    long MemoryBytes,
    double BuildSeconds,
    double AddsPerSecond,
    double UpdateLoad,
    int SampleRows,
    IReadOnlyList<string> Reasons);
