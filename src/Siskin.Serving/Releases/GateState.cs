namespace Siskin.Serving.Releases;

/// <summary>What became of a release at its gate.</summary>
public enum GateState
{
    /// <summary>It is not decided yet: servers wait.</summary>
    Held,

    /// <summary>It passed: servers take it up.</summary>
    Passed,

    /// <summary>It failed: servers take it up only when it is activated by hand.</summary>
    Refused,
}
