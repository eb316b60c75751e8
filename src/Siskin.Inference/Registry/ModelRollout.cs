namespace Siskin.Inference.Registry;

/// <summary>A version that is tried beside the one in force: first in its shadow, then, or at once, for some of the users.</summary>
public sealed record ModelRollout
{
    /// <summary>Value of <see cref="State"/> while it goes on.</summary>
    public const string Running = "running";

    /// <summary>Value of <see cref="State"/> when the version has taken the stable one's place.</summary>
    public const string Promoted = "promoted";

    /// <summary>Value of <see cref="State"/> when the version is not tried any more.</summary>
    public const string Stopped = "stopped";

    /// <summary>The version that is tried.</summary>
    public long Version { get; init; }

    /// <summary>Share of requests that it scores as well, after they were answered; 0 to 1.</summary>
    public double Shadow { get; init; }

    /// <summary>Share of users who get its lists, always the same ones; 0 to 1.</summary>
    public double Canary { get; init; }

    /// <summary>When it is promoted and when stopped, as <see cref="Models.Evaluation.ComparisonRule"/> reads it; empty to leave that to people.</summary>
    public string Rule { get; init; } = string.Empty;

    /// <summary>After how many requests scored by both the rule decides.</summary>
    public long Requests { get; init; } = 1000;

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary><see cref="Running"/>, <see cref="Promoted"/> or <see cref="Stopped"/>.</summary>
    public string State { get; init; } = Running;

    /// <summary>Why it ended.</summary>
    public string Reason { get; init; } = string.Empty;
}
