using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Siskin.Inference.Protocols;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Server.Api.Models;

/// <summary>Routes of the Open Inference Protocol, version 2.</summary>
internal sealed class OpenInferenceEndpoints(ModelCalls calls)
{
    private static readonly string Version =
        typeof(OpenInferenceEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public void Map(ApiRoutes routes)
    {
        routes.Map(HttpMethods.Get, "/v2", ServerAsync);
        routes.Map(HttpMethods.Get, "/v2/health/live", LiveAsync, isOpen: true);
        routes.Map(HttpMethods.Get, "/v2/health/ready", ReadyAsync, isOpen: true);
        foreach (var model in new[] { "/v2/models/{name}", "/v2/models/{name}/versions/{version}" })
        {
            routes.Map(HttpMethods.Get, model, ModelAsync);
            routes.Map(HttpMethods.Get, model + "/ready", ModelReadyAsync);
            routes.Map(HttpMethods.Post, model + "/infer", http => calls.AnswerAsync(http, static (body, jsonLength, _) => InferRequest.Read(body, jsonLength)));
        }
    }

    /// <summary>Whether a model answers, or was unloaded on purpose: neither being loaded nor failed to.</summary>
    private static bool IsSettled(IReadOnlyList<ServableStatus> versions) =>
        versions.Any(v => v.State == ServableState.Available) || versions.All(v => v is { State: ServableState.End or ServableState.Unloading, Error: null });

    private static async Task ServerAsync(HttpContext http)
    {
        using var writer = new TensorJsonWriter();
        writer.StartObject();
        writer.Member("name", "siskin");
        writer.Member("version", Version);
        writer.Name("extensions");
        writer.StartArray();
        writer.Text("binary_tensor_data");
        writer.Text("model_repository");
        writer.Text("statistics");
        writer.EndArray();
        writer.EndObject();
        await ModelErrors.SendAsync(http, writer).ConfigureAwait(false);
    }

    private static async Task LiveAsync(HttpContext http)
    {
        using var writer = new TensorJsonWriter();
        writer.StartObject();
        writer.Name("live");
        writer.Boolean(true);
        writer.EndObject();
        await ModelErrors.SendAsync(http, writer).ConfigureAwait(false);
    }

    // The specification's text calls readiness "live", its description for gRPC "ready".
    private async Task ReadyAsync(HttpContext http)
    {
        var isReady = calls.Models.Names.All(name => IsSettled(calls.VersionsOf(name)));
        http.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.CacheControl = "no-store";
        using var writer = new TensorJsonWriter();
        writer.StartObject();
        writer.Name("live");
        writer.Boolean(isReady);
        writer.Name("ready");
        writer.Boolean(isReady);
        writer.EndObject();
        await ModelErrors.SendAsync(http, writer).ConfigureAwait(false);
    }

    private async Task ModelReadyAsync(HttpContext http)
    {
        var name = ModelCalls.NameOf(http);
        var version = ModelCalls.VersionOf(http);
        var isReady = calls.Models.Versions(name).Any(v => v.State == ServableState.Available && (version ?? v.Version) == v.Version);
        http.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        using var writer = new TensorJsonWriter();
        writer.StartObject();
        writer.Member("name", name);
        writer.Name("ready");
        writer.Boolean(isReady);
        writer.EndObject();
        await ModelErrors.SendAsync(http, writer).ConfigureAwait(false);
    }

    private async Task ModelAsync(HttpContext http)
    {
        using var writer = new TensorJsonWriter();
        using (var lease = calls.Acquire(http))
        {
            writer.StartObject();
            writer.Member("name", lease.Name);
            writer.Name("versions");
            writer.StartArray();
            foreach (var version in calls.VersionsOf(lease.Name))
            {
                if (version.State == ServableState.Available)
                {
                    writer.Text(version.Version.ToString(CultureInfo.InvariantCulture));
                }
            }

            writer.EndArray();
            writer.Member("platform", lease.Servable.Platform);
            WriteTensors(writer, "inputs", lease.Servable.Inputs);
            WriteTensors(writer, "outputs", lease.Servable.Outputs);
            writer.EndObject();
        }

        await ModelErrors.SendAsync(http, writer).ConfigureAwait(false);
    }

    private static void WriteTensors(TensorJsonWriter writer, string name, IReadOnlyList<TensorDescription> tensors)
    {
        writer.Name(name);
        writer.StartArray();
        foreach (var tensor in tensors)
        {
            writer.StartObject();
            writer.Member("name", tensor.Name);
            writer.Member("datatype", TensorTypeNames.OpenInference(tensor.Type));
            writer.Name("shape");
            writer.StartArray();
            foreach (var length in tensor.Shape)
            {
                writer.Integer(length);
            }

            writer.EndArray();
            writer.EndObject();
        }

        writer.EndArray();
    }
}
