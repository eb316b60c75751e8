using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Siskin.Data.Catalogue;
using Siskin.Inference.Registry;
using Siskin.Server.Api.Models;
using Siskin.Server.Hosting;
using Siskin.Server.Telemetry;
using Siskin.Serving.Pipeline;

namespace Siskin.Server.Api;

/// <summary>Surrounds every handler: key, errors as problems, counts and times.</summary>
internal sealed partial class ApiHandler(ApiKeyCheck keys, ServerMetrics metrics, ILogger<ApiHandler> logger)
{
    /// <summary>The status that is counted for requests whose client went away; never sent.</summary>
    private const int ClientClosed = 499;

    /// <summary>Wraps a handler.</summary>
    /// <param name="route">The route's pattern, for counts.</param>
    /// <param name="isOpen">Whether it answers without a key.</param>
    /// <param name="handle">The handler.</param>
    /// <param name="refuse">How an error is answered; as problem+json when null.</param>
    public RequestDelegate Wrap(string route, bool isOpen, Func<HttpContext, Task> handle, Func<HttpContext, Problem, Task>? refuse = null)
    {
        var counts = metrics.Route(route);
        return http => RunAsync(http, isOpen, handle, refuse ?? Answers.ProblemAsync, counts);
    }

    private async Task RunAsync(HttpContext http, bool isOpen, Func<HttpContext, Task> handle, Func<HttpContext, Problem, Task> refuse, RouteMetrics counts)
    {
        var start = Stopwatch.GetTimestamp();
        var status = 0;
        try
        {
            if (!isOpen && keys.Refuses(http) is { } refusal)
            {
                await refuse(http, refusal).ConfigureAwait(false);
            }
            else
            {
                await handle(http).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            status = ClientClosed;
        }
        catch (OperationCanceledException e) when (e.InnerException is IOException)
        {
            status = ClientClosed;
            http.Abort();
        }
        catch (Exception e)
        {
            await FailAsync(http, refuse, e).ConfigureAwait(false);
        }
        finally
        {
            counts.Add(http.Request.Method, status == 0 ? http.Response.StatusCode : status, Stopwatch.GetElapsedTime(start));
        }
    }

    private Task FailAsync(HttpContext http, Func<HttpContext, Problem, Task> refuse, Exception e)
    {
        var problem = Translate(http, e);
        if (http.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            http.Abort();
            return Task.CompletedTask;
        }

        http.Response.Clear();
        return refuse(http, problem);
    }

    private Problem Translate(HttpContext http, Exception exception)
    {
        switch (exception)
        {
            case ProblemException e:
                return e.Problem;
            case RequestException { IsNotFound: true } e:
                return Problem.NotFound(e.Field, e.Message);
            case RequestException e:
                return Problem.Invalid(e.Field, e.Message);
            case ServableException e:
                return ModelErrors.ToProblem(e);
            case CatalogueConflictException e:
                return Problem.Conflict(e.Message);
            case BadHttpRequestException { StatusCode: 413 }:
                return new Problem { Status = 413, Code = "bodyTooLarge", Detail = "The body is larger than the server allows." };
            case BadHttpRequestException e:
                return new Problem { Status = e.StatusCode, Code = "badRequest", Detail = e.Message };
            case IOException e:
                LogStorageFailed(logger, e, http.Request.Method, http.Request.Path);
                metrics.StorageFailures.Add();
                return Problem.StorageFailed();
            default:
                var instance = $"urn:uuid:{Guid.CreateVersion7()}";
                LogUnexpected(logger, exception, http.Request.Method, http.Request.Path, instance);
                metrics.UnexpectedErrors.Add();
                return Problem.Internal(instance);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed unexpectedly ({Instance}).")]
    private static partial void LogUnexpected(ILogger logger, Exception exception, string method, string path, string instance);

    [LoggerMessage(2, LogLevel.Error, "{Method} {Path}: the storage failed.")]
    private static partial void LogStorageFailed(ILogger logger, Exception exception, string method, string path);
}
