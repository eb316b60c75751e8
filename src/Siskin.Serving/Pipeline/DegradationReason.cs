namespace Siskin.Serving.Pipeline;

/// <summary>Why an answer is less than it could be.</summary>
public enum DegradationReason
{
    /// <summary>A recall channel did not answer within its deadline.</summary>
    ChannelLate,

    /// <summary>A recall channel threw.</summary>
    ChannelFailed,

    /// <summary>A stage had no time left; its fallback was used.</summary>
    StageLate,

    /// <summary>A stage threw; its fallback was used.</summary>
    StageFailed,
}
