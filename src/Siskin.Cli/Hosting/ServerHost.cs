namespace Siskin.Cli.Hosting;

/// <summary>Runs the HTTP server of a home.</summary>
internal static class ServerHost
{
    /// <summary>Serves until cancelled, then lets requests under way end.</summary>
    /// <exception cref="CliException">This build has no server.</exception>
    public static Task RunAsync(ServeSettings settings, CancellationToken cancellationToken) =>
        throw new CliException($"serving is not linked into this build; '{settings.Home.Directory}' is ready to be served");
}
