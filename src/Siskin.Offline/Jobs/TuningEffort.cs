namespace Siskin.Offline.Jobs;

/// <summary>How much is spent on choosing settings.</summary>
public enum TuningEffort
{
    /// <summary>Nothing: the settings given are used.</summary>
    None,

    /// <summary>A small grid, within at most forty seconds of matrix factorisation.</summary>
    Quick,

    /// <summary>A large grid over dimensions, weights, penalties and their exponent, within half an hour.</summary>
    Thorough,
}
