using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Siskin.Server.Api;
using Siskin.Server.Api.Models;

namespace Siskin.Server.Hosting;

/// <summary>Maps the routes of the recommendation server.</summary>
public static class SiskinEndpointRouteBuilderExtensions
{
    /// <summary>Maps <c>/v1</c>, <c>/v2</c>, <c>/health</c>, <c>/metrics</c> and <c>/openapi/v1.json</c>.</summary>
    /// <param name="endpoints">The app, after <see cref="SiskinServiceCollectionExtensions.AddSiskin"/>.</param>
    /// <returns>The same, for chaining.</returns>
    /// <remarks>Unknown paths below <c>/v1</c>, <c>/v2</c> and <c>/health</c> are answered here; others are left to the app.</remarks>
    public static IEndpointRouteBuilder MapSiskin(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        MapRoutes(endpoints);
        return endpoints;
    }

    /// <summary>Answers every path that nothing else answers with a problem; for apps that serve nothing else.</summary>
    /// <param name="endpoints">The app, after <see cref="SiskinServiceCollectionExtensions.AddSiskin"/>.</param>
    /// <returns>The same, for chaining.</returns>
    public static IEndpointRouteBuilder MapSiskinFallback(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var handler = endpoints.ServiceProvider.GetRequiredService<ApiHandler>();
        endpoints.MapFallback("{**path}", handler.Wrap("unknown", isOpen: true, ApiRoutes.NoRoute));
        return endpoints;
    }

    internal static ApiRoutes MapRoutes(IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider.GetRequiredService<ApiServices>();
        var routes = new ApiRoutes(endpoints, endpoints.ServiceProvider.GetRequiredService<ApiHandler>());
        new ItemEndpoints(services).Map(routes);
        new UserEndpoints(services).Map(routes);
        new EventEndpoints(services).Map(routes);
        new SchemaEndpoints(services).Map(routes);
        new SceneEndpoints(services).Map(routes);
        new RecommendEndpoints(services).Map(routes);
        new HealthEndpoints(services).Map(routes);
        routes.Close("/v1/{**path}", "/health/{**path}");
        MapModels(endpoints);
        return routes;
    }

    // Clients of model servers know their errors in one form only.
    private static void MapModels(IEndpointRouteBuilder endpoints)
    {
        var calls = endpoints.ServiceProvider.GetRequiredService<ModelCalls>();
        var routes = new ApiRoutes(endpoints, endpoints.ServiceProvider.GetRequiredService<ApiHandler>(), ModelErrors.WriteAsync);
        new TensorFlowEndpoints(calls).Map(routes);
        new OpenInferenceEndpoints(calls).Map(routes);
        new RepositoryEndpoints(calls).Map(routes);
        new StatisticsEndpoints(calls).Map(routes);
        routes.Close("/v1/models/{**path}", "/v2/{**path}");
    }
}
