using Microsoft.AspNetCore.Http;
using Siskin.Inference.Protocols;
using Siskin.Inference.Registry;

namespace Siskin.Server.Api.Models;

/// <summary>Routes of TensorFlow Serving below <c>/v1/models</c>.</summary>
internal sealed class TensorFlowEndpoints(ModelCalls calls)
{
    public void Map(ApiRoutes routes)
    {
        foreach (var model in new[] { "/v1/models/{name}", "/v1/models/{name}/versions/{version}", "/v1/models/{name}/labels/{label}" })
        {
            routes.Map(HttpMethods.Get, model, StatusAsync);
            routes.Map(HttpMethods.Get, model + "/metadata", MetadataAsync);
            routes.Map(HttpMethods.Post, model + ":predict", http => calls.AnswerAsync(http, static (body, _, model) => PredictRequest.Read(body, model.Inputs)));
            routes.Map(HttpMethods.Post, model + ":classify", http => calls.AnswerAsync(http, static (body, _, model) => ExampleRequest.ReadClassify(body, model)));
            routes.Map(HttpMethods.Post, model + ":regress", http => calls.AnswerAsync(http, static (body, _, model) => ExampleRequest.ReadRegress(body, model)));
        }
    }

    private async Task StatusAsync(HttpContext http)
    {
        var (name, version, label) = (ModelCalls.NameOf(http), ModelCalls.VersionOf(http), ModelCalls.LabelOf(http));
        var versions = calls.Models.Versions(name);
        if (version is not null || label is not null)
        {
            versions = [.. versions.Where(v => version is { } number ? v.Version == number : v.Labels.Contains(label))];
            if (versions.Count == 0)
            {
                throw new ServableException(ServableError.NotFound, version is not null ? $"Could not find version {version} of model {name}" : $"Unrecognized servable version label: {label}");
            }
        }

        using var writer = new TensorJsonWriter();
        TensorFlowJson.WriteStatus(writer, versions);
        await ModelErrors.SendAsync(http, writer).ConfigureAwait(false);
    }

    private async Task MetadataAsync(HttpContext http)
    {
        using var writer = new TensorJsonWriter();
        using (var lease = calls.Acquire(http))
        {
            TensorFlowJson.WriteMetadata(writer, lease);
        }

        await ModelErrors.SendAsync(http, writer).ConfigureAwait(false);
    }
}
