using System.Globalization;
using Microsoft.AspNetCore.Http;
using Siskin.Inference.Protocols;
using Siskin.Inference.Registry;

namespace Siskin.Server.Api.Models;

/// <summary>Routes of Triton's model repository extension: which models there are, load, unload.</summary>
internal sealed class RepositoryEndpoints(ModelCalls calls)
{
    public void Map(ApiRoutes routes)
    {
        routes.Map(HttpMethods.Post, "/v2/repository/index", IndexAsync);
        routes.Map(HttpMethods.Post, "/v2/repository/models/{name}/load", LoadAsync);
        routes.Map(HttpMethods.Post, "/v2/repository/models/{name}/unload", UnloadAsync);
    }

    private static bool ReadIndexRequest(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return false;
        }

        var isReady = false;
        var reader = new TensorJsonReader(body);
        reader.Expect(TensorJsonToken.StartObject, "the request must be an object");
        while (reader.Read() && reader.Token == TensorJsonToken.Name)
        {
            var isKnown = reader.IsText("ready"u8);
            reader.Read();
            if (isKnown)
            {
                isReady = reader.GetBoolean();
            }
            else
            {
                reader.Skip();
            }
        }

        reader.Read();
        return isReady;
    }

    // A configuration or files sent along would change the model; passing over them would load another than was meant.
    private static void CheckParameters(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return;
        }

        var reader = new TensorJsonReader(body);
        reader.Expect(TensorJsonToken.StartObject, "the request must be an object");
        while (reader.Read() && reader.Token == TensorJsonToken.Name)
        {
            var isKnown = reader.IsText("parameters"u8);
            reader.Read();
            if (!isKnown || reader.Token != TensorJsonToken.StartObject)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.Token == TensorJsonToken.Name)
            {
                if (!reader.IsText("unload_dependents"u8))
                {
                    throw new ServableException(ServableError.InvalidArgument, $"the parameter '{FieldErrors.Shorten(reader.GetText(), 100)}' is not supported");
                }

                reader.Read();
                reader.Skip();
            }
        }

        reader.Read();
    }

    private async Task IndexAsync(HttpContext http)
    {
        bool readyOnly;
        using (var body = await calls.ReadAsync(http).ConfigureAwait(false))
        {
            readyOnly = ReadIndexRequest(body.Bytes);
        }

        using var writer = new TensorJsonWriter();
        writer.StartArray();
        foreach (var name in calls.Models.Names)
        {
            foreach (var version in calls.VersionsOf(name))
            {
                if (readyOnly && version.State != ServableState.Available)
                {
                    continue;
                }

                writer.StartObject();
                writer.Member("name", name);
                writer.Member("version", version.Version.ToString(CultureInfo.InvariantCulture));
                writer.Member("state", version.State switch
                {
                    ServableState.Available => "READY",
                    ServableState.Start or ServableState.Loading => "LOADING",
                    ServableState.Unloading => "UNLOADING",
                    _ => "UNAVAILABLE",
                });
                writer.Member("reason", version.Error ?? (version.State == ServableState.End ? "unloaded" : string.Empty));
                writer.EndObject();
            }
        }

        writer.EndArray();
        await ModelErrors.SendAsync(http, writer).ConfigureAwait(false);
    }

    private async Task LoadAsync(HttpContext http)
    {
        using (var body = await calls.ReadAsync(http).ConfigureAwait(false))
        {
            CheckParameters(body.Bytes);
        }

        await calls.Models.LoadAsync(ModelCalls.NameOf(http), http.RequestAborted).ConfigureAwait(false);
        http.Response.ContentLength = 0;
    }

    private async Task UnloadAsync(HttpContext http)
    {
        using (var body = await calls.ReadAsync(http).ConfigureAwait(false))
        {
            CheckParameters(body.Bytes);
        }

        await calls.Models.UnloadAsync(ModelCalls.NameOf(http), http.RequestAborted).ConfigureAwait(false);
        http.Response.ContentLength = 0;
    }
}
