namespace Siskin.Offline.Jobs;

/// <summary>How pairs are held back.</summary>
public enum SplitKind
{
    /// <summary>The last fifth of each user's pairs by time.</summary>
    PerUser,

    /// <summary>Everything from one moment on, for everybody: the last fifth of all pairs by time.</summary>
    Global,

    /// <summary>A tenth of each user's pairs at random, for data without times; the part kept apart by the data's makers is the test.</summary>
    Own,
}
