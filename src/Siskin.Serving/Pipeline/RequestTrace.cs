namespace Siskin.Serving.Pipeline;

/// <summary>What each stage did, in run order.</summary>
/// <param name="Stages">recall, merge, filter, preRank, rank, reRank.</param>
/// <param name="Channels">What each recall channel did, in the order of the scene.</param>
/// <param name="Parameters">The parameters that were in force and differ from the built-in defaults.</param>
public sealed record RequestTrace(
    IReadOnlyList<StageTrace> Stages,
    IReadOnlyList<ChannelTrace> Channels,
    IReadOnlyDictionary<string, string> Parameters);
