namespace Siskin.Cli;

/// <summary>What the process returns.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>Data or a medium failed.</summary>
    public const int Failure = 1;

    /// <summary>Wrong usage, or bad rows in strict mode.</summary>
    public const int Usage = 2;

    /// <summary>Cancelled by Ctrl-C.</summary>
    public const int Interrupted = 130;
}
