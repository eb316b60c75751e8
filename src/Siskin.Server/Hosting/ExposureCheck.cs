using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Siskin.Server.Hosting;

/// <summary>Keeps a server that other machines reach from starting without a key.</summary>
/// <remarks>
/// Looks at configured addresses before the server listens, and at those it listens on afterwards, as code may have
/// added more. Between the two, <see cref="ApiKeyCheck"/> refuses requests by the same rule.
/// </remarks>
internal sealed class ExposureCheck(SiskinServerOptions options, IConfiguration configuration, IServer server) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Check(Configured(configuration).Concat(Bound()));
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        Check(Bound());
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The addresses that the configuration names.</summary>
    internal static IEnumerable<string> Configured(IConfiguration configuration)
    {
        var urls = Split(configuration["urls"]);
        foreach (var url in urls)
        {
            yield return url;
        }

        // The server takes ports only when it was told no addresses; container images set a port for everybody.
        if (urls.Length == 0)
        {
            foreach (var port in Split(configuration["http_ports"]))
            {
                yield return $"http://*:{port}";
            }

            foreach (var port in Split(configuration["https_ports"]))
            {
                yield return $"https://*:{port}";
            }
        }

        foreach (var endpoint in configuration.GetSection("Kestrel:Endpoints").GetChildren())
        {
            if (endpoint["Url"] is { Length: > 0 } url)
            {
                yield return url;
            }
        }
    }

    private static string[] Split(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private IEnumerable<string> Bound() => server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];

    private void Check(IEnumerable<string> urls)
    {
        if (options.ApiKeys.Count > 0 || options.AllowAnonymous)
        {
            return;
        }

        var exposed = urls.Where(u => !LoopbackAddress.Is(u)).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        if (exposed.Length > 0)
        {
            throw new OptionsValidationException(nameof(SiskinServerOptions), typeof(SiskinServerOptions), [
                $"The server would listen on {string.Join(", ", exposed)}, where other machines reach it, without an API key. "
                + "Configure an API key, listen on 127.0.0.1 only, or allow anonymous access explicitly (--allow-anonymous).",
            ]);
        }
    }
}
