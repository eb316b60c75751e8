using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Siskin.Data.Catalogue;
using Siskin.Data.Control;
using Siskin.Data.Events;
using Siskin.Inference.Registry;
using Siskin.Nearline.Streams;
using Siskin.Server.Api;
using Siskin.Server.Api.Models;
using Siskin.Server.Telemetry;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;
using Siskin.Storage.EventLog;
using Siskin.Storage.Sqlite;

namespace Siskin.Server.Hosting;

/// <summary>Adds the recommendation server to an ASP.NET Core app.</summary>
public static class SiskinServiceCollectionExtensions
{
    private const int WarmUpRequests = 100;

    /// <summary>Adds the services of the HTTP API.</summary>
    /// <param name="services">Also needs an <see cref="Data.Catalogue.ICatalogue"/> and an <see cref="Data.Events.IEventLog"/>, as singletons.</param>
    /// <param name="options">Limits and keys; defaults when null.</param>
    /// <exception cref="OptionsValidationException">An option is not allowed; the message names all of them.</exception>
    /// <remarks>An app that other machines reach does not start without an API key, unless the options allow it.</remarks>
    public static IServiceCollection AddSiskin(this IServiceCollection services, SiskinServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        options ??= new SiskinServerOptions();
        Validate(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<ServerMetrics>();
        services.AddSingleton<ApiKeyCheck>();
        services.AddSingleton<ApiHandler>();
        services.AddSingleton<SchemaCache>();
        services.AddSingleton<ApiServices>();
        services.TryAddSingleton<IModelServer, NoModels>();
        services.AddSingleton<ModelCalls>();
        services.AddRouting();
        services.AddSingleton<IHostedService, ExposureCheck>();
        return services;
    }

    /// <summary>Adds the pipeline and its stores: catalogue and control store in SQLite, a local event log, releases and models in folders, live updates.</summary>
    /// <param name="services">The app's services; <see cref="AddSiskin"/> adds the API over them.</param>
    /// <param name="options">Where the stores are.</param>
    /// <remarks>The stores open when the app starts; an event log that another process writes to is an error then.</remarks>
    public static IServiceCollection AddSiskinRuntime(this IServiceCollection services, SiskinRuntimeOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ICatalogue>(_ => SqliteCatalogue.Open(options.CatalogueFile));
        services.AddSingleton<IEventLog>(p => LocalEventLog.Open(
            options.EventsFolder, null, p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<LocalEventLog>>()));
        services.AddSingleton(new ReleaseStore(options.ReleasesFolder));
        services.AddSingleton<UserDirectory>();
        services.AddSingleton(p => new SnapshotHolder(new ServingSnapshot(Release.Empty, p.GetRequiredService<UserDirectory>())));
        services.AddSingleton(p => new Recommender(
            p.GetRequiredService<SnapshotHolder>(), new RecommenderOptions { Scenes = options.Scenes }, p.GetRequiredService<ILogger<Recommender>>()));
        services.AddSingleton(p => new LiveUpdater(
            p.GetRequiredService<SnapshotHolder>(),
            p.GetRequiredService<UserDirectory>(),
            p.GetRequiredService<ICatalogue>(),
            p.GetRequiredService<IEventLog>(),
            p.GetRequiredService<ReleaseStore>(),
            new LiveUpdaterOptions
            {
                WarmUp = cancellationToken =>
                {
                    p.GetRequiredService<ModelBinder>().Prepare(p.GetRequiredService<SnapshotHolder>().Current);
                    return p.GetRequiredService<Recommender>().WarmUpAsync(WarmUpRequests, cancellationToken);
                },
                Prepare = (next, cancellationToken) =>
                {
                    p.GetRequiredService<ModelBinder>().Prepare(next);
                    return p.GetRequiredService<Recommender>().WarmUpAsync(next, WarmUpRequests, cancellationToken);
                },
            },
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<LiveUpdater>>()));
        services.AddSingleton<IControlStore>(_ => SqliteControlStore.Open(options.ControlFile));
        services.AddSingleton(p => new ModelLoader(ServableLoaders.All()));
        services.AddSingleton(p => new ModelRegistry(options.ModelsFolder, p.GetRequiredService<IControlStore>(), p.GetRequiredService<ModelLoader>(), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new ModelServer(
            p.GetRequiredService<ModelRegistry>(), p.GetRequiredService<IControlStore>(), p.GetRequiredService<ModelLoader>(), null, p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<ModelServer>>()));
        services.AddSingleton<IModelServer>(p => p.GetRequiredService<ModelServer>());
        services.AddSingleton<ModelBinder>();
        services.AddSingleton<IServingEngine, ServingEngine>();
        services.AddHostedService<LiveUpdateService>();
        return services;
    }

    /// <summary>Sets limits of Kestrel fit for an API; for apps that serve nothing else.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="options">Gives the limits; defaults when null.</param>
    /// <exception cref="OptionsValidationException">An option is not allowed; the message names all of them.</exception>
    public static IServiceCollection AddSiskinKestrelLimits(this IServiceCollection services, SiskinServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        options ??= new SiskinServerOptions();
        Validate(options);
        return services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestLineSize = 16 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 64;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.KeepAliveTimeout = options.KeepAlive;
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = options.MaxConnections;
        });
    }

    private static void Validate(SiskinServerOptions options)
    {
        var errors = options.Validate();
        if (errors.Count > 0)
        {
            throw new OptionsValidationException(
                nameof(SiskinServerOptions), typeof(SiskinServerOptions), errors.Select(e => $"{e.Field} {e.Message}"));
        }
    }
}
