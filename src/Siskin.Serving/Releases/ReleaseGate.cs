namespace Siskin.Serving.Releases;

/// <summary>The mark of a gate on a release: <c>NNNNNN.gate.json</c> beside its directory, which itself never changes.</summary>
/// <param name="Release">Number of the release.</param>
/// <param name="State">What became of it.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="DecidedAt">When.</param>
public sealed record ReleaseGate(int Release, GateState State, string Reason, DateTimeOffset DecidedAt);
