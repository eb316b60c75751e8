using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Siskin.Server.Api;
using Siskin.Server.Telemetry;

namespace Siskin.Server.Hosting;

/// <summary>Adds the recommendation server to an ASP.NET Core app.</summary>
public static class SiskinServiceCollectionExtensions
{
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
        services.AddRouting();
        services.AddSingleton<IHostedService, ExposureCheck>();
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
