using Siskin.Serving.Snapshot;

namespace Siskin.Nearline.Streams;

/// <summary>How often the live updater looks at what is not pushed to it.</summary>
public sealed record LiveUpdaterOptions
{
    /// <summary>Between two looks whether shared lists (popular, trending, newest) are stale.</summary>
    /// <value>0.5 s.</value>
    public TimeSpan ListPeriod { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Between two looks for changes of the catalogue by other processes.</summary>
    /// <value>2 s.</value>
    public TimeSpan ReleasePeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Runs once when start-up has caught up, before the updater is ready: requests that make the first real one fast.</summary>
    /// <value>Nothing is run.</value>
    public Func<CancellationToken, Task>? WarmUp { get; init; }

    /// <summary>Between two looks for a newer release and at the pin: how long a rollback may wait.</summary>
    /// <value>0.5 s. A look reads one small file and lists a folder.</value>
    public TimeSpan PinPeriod { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Share of one core that loading a release may take while requests are answered; above 0, at most 1.</summary>
    /// <value>0.4.</value>
    public double LoadShare { get; init; } = 0.4;

    /// <summary>Runs on the loading thread before a release is swapped in: compiles its ranker and answers requests from it.</summary>
    /// <value>Nothing is run.</value>
    public Func<ServingSnapshot, CancellationToken, Task>? Prepare { get; init; }
}
