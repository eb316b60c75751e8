using Siskin.Serving.Releases;

namespace Siskin.Cli.Hosting;

/// <summary>How a server trains anew while it serves.</summary>
internal sealed record Retraining
{
    /// <summary>From the start of one training to that of the next; one that takes longer delays the next.</summary>
    public required TimeSpan Every { get; init; }

    /// <summary>What a new release must be worth to be taken up; null for nothing.</summary>
    public GateRule? Gate { get; init; } = GateRule.Default;

    /// <summary>Options of <c>siskin train</c> beside the home.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}
