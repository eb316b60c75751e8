using Siskin.Cli.Homes;

namespace Siskin.Cli.Hosting;

/// <summary>A clock that began at a given moment when it was made, and runs on from there.</summary>
/// <remarks>Data of the past is then served at its own time: what was new and trending is new and trending.</remarks>
internal sealed class DataClock(DateTimeOffset start) : TimeProvider
{
    private readonly long _made = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => start + System.GetElapsedTime(_made);

    /// <summary>A clock that begins at the newest event that the newest release has learned from.</summary>
    /// <exception cref="CliException">There is no release.</exception>
    public static DataClock Of(SiskinHome home)
    {
        var newest = home.Releases.Newest;
        return newest > 0
            ? new DataClock(DateTimeOffset.FromUnixTimeMilliseconds(home.Releases.ReadManifest(newest).LastEventMs))
            : throw new CliException($"the home '{home.Directory}' has no release yet, so that the time of its data is not known; train first, or serve with --clock wall");
    }
}
