using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Siskin.Server.Hosting;

namespace Siskin.Server.Console;

/// <summary>Adds the console: a page that shows a user's recommendations, why each is there, and how a like changes them.</summary>
public static class SiskinConsoleExtensions
{
    /// <summary>Adds what the console needs beside the recommender, the snapshot holder, the catalogue and the event log.</summary>
    public static IServiceCollection AddSiskinConsole(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ConsoleReader>();
        services.TryAddSingleton<ConsoleFeedback>();
        services.TryAddSingleton<ConsoleRenderer>();
        return services;
    }

    /// <summary>Maps the page to <c>/</c> and the suggestions of its search box to <c>/console/users</c>.</summary>
    /// <param name="routes">Gets the routes; a group gives them a prefix.</param>
    /// <returns>The routes, for policies that hold for all of them.</returns>
    /// <remarks>
    /// The page reads what users did and writes events. Beside the API it follows the API's rule: where keys are configured
    /// the browser asks for one as password. Without the API, who may reach the page is for the host to say.
    /// </remarks>
    public static RouteGroupBuilder MapSiskinConsole(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(string.Empty).ExcludeFromDescription();
        var keys = routes.ServiceProvider.GetService<ApiKeyCheck>();
        group.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], Guard(keys, ConsoleEndpoints.ShowAsync));
        group.MapPost("/", Guard(keys, ConsoleEndpoints.ActAsync));
        group.MapGet("/console/users", Guard(keys, ConsoleEndpoints.FindUsersAsync));
        return group;
    }

    private static RequestDelegate Guard(ApiKeyCheck? keys, Func<HttpContext, Task> handle) => async http =>
    {
        if (keys is null || await keys.AdmitsPersonAsync(http).ConfigureAwait(false))
        {
            await handle(http).ConfigureAwait(false);
        }
    };
}
