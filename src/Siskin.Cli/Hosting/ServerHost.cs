using System.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Siskin.Nearline.Streams;
using Siskin.Server.Console;
using Siskin.Server.Hosting;

namespace Siskin.Cli.Hosting;

/// <summary>Runs the HTTP server of a home.</summary>
internal static class ServerHost
{
    /// <summary>Serves until cancelled, then lets requests under way end.</summary>
    /// <exception cref="CliException">The home is in use, or the addresses need a key.</exception>
    public static async Task RunAsync(ServeSettings settings, CancellationToken cancellationToken)
    {
        // A full collection that stops all requests is the last resort: those in the background do.
        GCSettings.LatencyMode = GCLatencyMode.SustainedLowLatency;
        var options = new SiskinServerOptions { ApiKeys = settings.ApiKeys, AllowAnonymous = settings.AllowAnonymous };
        Directory.CreateDirectory(settings.Home.Directory);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrel().UseUrls([.. settings.Urls]);
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);

        // What start-up fails with is thrown as well, and told once.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.Replace(ServiceDescriptor.Singleton(settings.Time));
        builder.Services.AddSiskin(options).AddSiskinKestrelLimits(options).AddSiskinConsole();
        builder.Services.AddSiskinRuntime(new SiskinRuntimeOptions
        {
            CatalogueFile = settings.Home.CataloguePath,
            EventsFolder = settings.Home.EventsPath,
            ReleasesFolder = settings.Home.Releases.Directory,
            ControlFile = settings.Home.ControlPath,
            ModelsFolder = settings.Home.ModelsPath,
            Scenes = settings.Scenes,
        });
        if (settings.Retraining is { } retraining)
        {
            builder.Services.AddHostedService(services => new RetrainService(settings.Home, retraining, services.GetRequiredService<ILogger<RetrainService>>()));
        }

        await using var app = builder.Build();
        app.MapSiskin();
        app.MapSiskinConsole();
        app.MapSiskinFallback();
        await app.StartAsync(cancellationToken);
        await app.Services.GetRequiredService<LiveUpdater>().WaitUntilReadyAsync(cancellationToken);
        settings.OnReady?.Invoke([.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses]);
        await ((IHost)app).WaitForShutdownAsync(cancellationToken);
    }
}
