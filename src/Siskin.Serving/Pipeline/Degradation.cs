namespace Siskin.Serving.Pipeline;

/// <summary>Something was left out of an answer or replaced by something cheaper.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Source">The channel or stage, by name.</param>
/// <param name="Detail">In words.</param>
public sealed record Degradation(DegradationReason Reason, string Source, string Detail);
