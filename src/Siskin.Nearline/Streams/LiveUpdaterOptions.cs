namespace Siskin.Nearline.Streams;

/// <summary>How often the live updater looks at what is not pushed to it.</summary>
public sealed record LiveUpdaterOptions
{
    /// <summary>Between two looks whether shared lists (popular, trending, newest) are stale.</summary>
    /// <value>0.5 s.</value>
    public TimeSpan ListPeriod { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Between two looks for a newer release, and for changes of the catalogue by other processes.</summary>
    /// <value>2 s.</value>
    public TimeSpan ReleasePeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Runs once when start-up has caught up, before the updater is ready: requests that make the first real one fast.</summary>
    /// <value>Nothing is run.</value>
    public Func<CancellationToken, Task>? WarmUp { get; init; }
}
