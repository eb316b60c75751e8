using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Siskin.Inference.Protocols;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;
using Siskin.Server.Hosting;
using Siskin.Server.Telemetry;

namespace Siskin.Server.Api.Models;

/// <summary>Runs a request's model, whatever the protocol: body, version, model, answer, counts.</summary>
internal sealed partial class ModelCalls(IModelServer models, SiskinServerOptions options, ServerMetrics metrics, TimeProvider time, ILogger<ModelCalls> logger)
{
    private const int ClientClosed = 499;

    /// <summary>Header of the binary tensor data extension: how long the JSON is.</summary>
    private const string JsonLengthHeader = "Inference-Header-Content-Length";

    /// <summary>Makes a request of a body, for a model.</summary>
    public delegate IProtocolRequest Reader(ReadOnlySpan<byte> body, int? jsonLength, IServable model);

    public IModelServer Models => models;

    public ServerMetrics Metrics => metrics;

    /// <summary>The model that the path names.</summary>
    public static string NameOf(HttpContext http) => (string)http.Request.RouteValues["name"]!;

    /// <summary>The version that the path names; null when it names none.</summary>
    /// <exception cref="ServableException">It is no number.</exception>
    public static long? VersionOf(HttpContext http) =>
        http.Request.RouteValues["version"] is not string text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version
        : throw new ServableException(ServableError.InvalidArgument, $"Failed to convert version: {FieldErrors.Shorten(text, 100)} to numeric.");

    /// <summary>The label that the path names; null when it names none.</summary>
    public static string? LabelOf(HttpContext http) => http.Request.RouteValues["label"] as string;

    /// <summary>Holds the version that the path names.</summary>
    /// <exception cref="ServableException">There is none.</exception>
    public ServableLease Acquire(HttpContext http) => models.Acquire(NameOf(http), VersionOf(http), LabelOf(http));

    /// <summary>The versions of a model from a list; none where it has gone since the list was made.</summary>
    public IReadOnlyList<ServableStatus> VersionsOf(string name)
    {
        try
        {
            return models.Versions(name);
        }
        catch (ServableException e) when (e.Error == ServableError.NotFound)
        {
            return [];
        }
    }

    /// <summary>The whole body, whatever its type says.</summary>
    public ValueTask<RequestBody> ReadAsync(HttpContext http) => RequestBody.ReadAnyAsync(http, options.MaxBodyBytes);

    /// <summary>Answers a request that a model runs for.</summary>
    public async Task AnswerAsync(HttpContext http, Reader read)
    {
        using var writer = new TensorJsonWriter();
        using (var body = await ReadAsync(http).ConfigureAwait(false))
        {
            await RunAsync(http, body, writer, read).ConfigureAwait(false);
        }

        // The version is let go by now: a client that reads slowly keeps none from being unloaded.
        http.Response.ContentType = ModelErrors.JsonType;
        if (writer.JsonLength is { } length)
        {
            http.Response.ContentType = "application/octet-stream";
            http.Response.Headers[JsonLengthHeader] = length.ToString(CultureInfo.InvariantCulture);
        }

        http.Response.ContentLength = writer.Written.Length;
        await http.Response.BodyWriter.WriteAsync(writer.Written, http.RequestAborted).ConfigureAwait(false);
    }

    private static int? JsonLengthOf(HttpContext http)
    {
        if (!http.Request.Headers.TryGetValue(JsonLengthHeader, out var values))
        {
            return null;
        }

        return int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : throw new ServableException(ServableError.InvalidArgument, $"the header {JsonLengthHeader} is no number");
    }

    private async Task RunAsync(HttpContext http, RequestBody body, TensorJsonWriter writer, Reader read)
    {
        using var lease = Acquire(http);
        var counts = metrics.Model(lease.Name, lease.Version);
        var start = Stopwatch.GetTimestamp();
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            var request = read(body.Bytes, JsonLengthOf(http), lease.Servable);
            var isRead = Stopwatch.GetTimestamp();
            var outputs = await InvokeAsync(lease, request, http.RequestAborted).ConfigureAwait(false);
            var isRun = Stopwatch.GetTimestamp();
            request.Write(writer, lease.Name, lease.Version, outputs);
            counts.AddAnswered(request.Rows, start, isRead, isRun, Stopwatch.GetTimestamp(), time.GetUtcNow());
            status = StatusCodes.Status200OK;
        }
        catch (ServableException e)
        {
            status = ModelErrors.StatusOf(e.Error);
            throw;
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            status = ClientClosed;
            throw;
        }
        finally
        {
            if (status != StatusCodes.Status200OK)
            {
                counts.AddFailed(status, start, Stopwatch.GetTimestamp());
            }
        }
    }

    // Whatever a model throws is its own fault, and its words stay in the log.
    private async ValueTask<IReadOnlyList<Tensor>> InvokeAsync(ServableLease lease, IProtocolRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await lease.Servable.RunAsync(request.Inputs, request.Outputs, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not ServableException { Error: not ServableError.Internal } && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            var instance = $"urn:uuid:{Guid.CreateVersion7()}";
            LogFailed(logger, e, lease.Version, lease.Name, instance);
            metrics.UnexpectedErrors.Add();
            throw e as ServableException ?? new ServableException(ServableError.Internal, $"The model '{lease.Name}' failed; the server's log tells more under {instance}.", e);
        }
    }

    [LoggerMessage(3, LogLevel.Error, "Version {Version} of the model {Name} failed ({Instance}).")]
    private static partial void LogFailed(ILogger logger, Exception exception, long version, string name, string instance);
}
