using Microsoft.AspNetCore.Http;
using Siskin.Server.Api.Json;
using Siskin.Server.Telemetry;

namespace Siskin.Server.Api;

/// <summary>Routes that machines ask: health, metrics and the description of the API.</summary>
internal sealed class HealthEndpoints(ApiServices services)
{
    public void Map(ApiRoutes routes)
    {
        routes.Map(HttpMethods.Get, "/health/live", LiveAsync, isOpen: true);
        routes.Map(HttpMethods.Get, "/health/ready", ReadyAsync, isOpen: true);
        routes.Map(HttpMethods.Get, "/metrics", MetricsAsync);
        routes.Map(HttpMethods.Get, "/openapi/v1.json", OpenApiAsync);
    }

    private static Task LiveAsync(HttpContext http) =>
        Answers.JsonAsync(http, new HealthReport("live", null, null), ApiJson.Answers.HealthReport);

    private static Task OpenApiAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.BodyWriter.WriteAsync(OpenApiDocument.Utf8, http.RequestAborted).AsTask();
    }

    private Task ReadyAsync(HttpContext http)
    {
        var engine = services.Engine;
        http.Response.Headers.CacheControl = "no-store";
        return engine.IsReady
            ? Answers.JsonAsync(http, new HealthReport("ready", engine.Release, engine.ReleaseFault), ApiJson.Answers.HealthReport)
            : Answers.ProblemAsync(http, Problem.NotReady());
    }

    private Task MetricsAsync(HttpContext http)
    {
        http.Response.ContentType = PrometheusWriter.ContentType;
        return http.Response.WriteAsync(services.Metrics.Expose(services.Engine), http.RequestAborted);
    }
}
