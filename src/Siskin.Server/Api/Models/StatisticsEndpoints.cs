using System.Globalization;
using Microsoft.AspNetCore.Http;
using Siskin.Inference.Protocols;
using Siskin.Inference.Registry;
using Siskin.Server.Telemetry;

namespace Siskin.Server.Api.Models;

/// <summary>Routes of Triton's statistics extension.</summary>
internal sealed class StatisticsEndpoints(ModelCalls calls)
{
    public void Map(ApiRoutes routes)
    {
        routes.Map(HttpMethods.Get, "/v2/models/stats", StatsAsync);
        routes.Map(HttpMethods.Get, "/v2/models/{name}/stats", StatsAsync);
        routes.Map(HttpMethods.Get, "/v2/models/{name}/versions/{version}/stats", StatsAsync);
    }

    private static void Write(TensorJsonWriter writer, ModelMetrics model)
    {
        writer.StartObject();
        writer.Member("name", model.Name);
        writer.Member("version", model.Version.ToString(CultureInfo.InvariantCulture));
        Write(writer, "last_inference", model.LastRun);
        Write(writer, "inference_count", model.Rows.Value);
        Write(writer, "execution_count", model.Succeeded.Count);
        writer.Name("inference_stats");
        writer.StartObject();
        Write(writer, "success", model.Succeeded);
        Write(writer, "fail", model.Failed);
        Write(writer, "queue", null);
        Write(writer, "compute_input", model.Reading);
        Write(writer, "compute_infer", model.Running);
        Write(writer, "compute_output", model.Writing);
        Write(writer, "cache_hit", null);
        Write(writer, "cache_miss", null);
        writer.EndObject();
        writer.Name("batch_stats");
        writer.StartArray();
        writer.EndArray();
        writer.EndObject();
    }

    private static void Write(TensorJsonWriter writer, string name, long value)
    {
        writer.Name(name);
        writer.Integer(value);
    }

    private static void Write(TensorJsonWriter writer, string name, ModelMetrics.DurationSum? sum)
    {
        writer.Name(name);
        writer.StartObject();
        Write(writer, "count", sum?.Count ?? 0);
        Write(writer, "ns", sum?.Nanoseconds ?? 0);
        writer.EndObject();
    }

    private async Task StatsAsync(HttpContext http)
    {
        var one = http.Request.RouteValues["name"] as string;
        var version = ModelCalls.VersionOf(http);
        using var writer = new TensorJsonWriter();
        writer.StartObject();
        writer.Name("model_stats");
        writer.StartArray();
        var count = 0;
        foreach (var name in one is null ? calls.Models.Names : [one])
        {
            foreach (var status in one is null ? calls.VersionsOf(name) : calls.Models.Versions(name))
            {
                if (version is { } wanted ? status.Version == wanted : status.State == ServableState.Available)
                {
                    Write(writer, calls.Metrics.Model(name, status.Version));
                    count++;
                }
            }
        }

        if (version is not null && count == 0)
        {
            throw new ServableException(ServableError.NotFound, $"there is no version {version} of the model '{one}'");
        }

        writer.EndArray();
        writer.EndObject();
        await ModelErrors.SendAsync(http, writer).ConfigureAwait(false);
    }
}
