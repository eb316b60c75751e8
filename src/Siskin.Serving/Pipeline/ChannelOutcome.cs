namespace Siskin.Serving.Pipeline;

/// <summary>What became of a recall channel in a request.</summary>
public enum ChannelOutcome
{
    /// <summary>It answered, perhaps with nothing.</summary>
    Answered,

    /// <summary>It had nothing to go by, or the scene gives it no quota.</summary>
    Skipped,

    /// <summary>It did not answer within its deadline; what it writes later is thrown away.</summary>
    Late,

    /// <summary>It threw.</summary>
    Failed,
}
