using Microsoft.AspNetCore.Http;
using Siskin.Inference.Protocols;
using Siskin.Inference.Registry;

namespace Siskin.Server.Api.Models;

/// <summary>Errors as model servers answer them: <c>{"error": "…"}</c>.</summary>
internal static class ModelErrors
{
    public const string JsonType = "application/json";

    /// <summary>The status of an error, as in TensorFlow Serving.</summary>
    public static int StatusOf(ServableError error) => error switch
    {
        ServableError.InvalidArgument or ServableError.FailedPrecondition or ServableError.OutOfRange => 400,
        ServableError.Unauthenticated => 401,
        ServableError.PermissionDenied => 403,
        ServableError.NotFound => 404,
        ServableError.AlreadyExists or ServableError.Aborted => 409,
        ServableError.ResourceExhausted => 429,
        ServableError.Unimplemented => 501,
        ServableError.Unavailable => 503,
        ServableError.DeadlineExceeded => 504,
        _ => 500,
    };

    /// <summary>The problem that an error is.</summary>
    public static Problem ToProblem(ServableException error) => new()
    {
        Status = StatusOf(error.Error),
        Code = StatusOf(error.Error) switch
        {
            401 => "unauthorized",
            404 => "notFound",
            409 => "conflict",
            < 500 => "badRequest",
            _ => "internalError",
        },
        Detail = error.Message,
    };

    /// <summary>Answers with a problem.</summary>
    public static async Task WriteAsync(HttpContext http, Problem problem)
    {
        http.Response.StatusCode = problem.Status;
        http.Response.Headers.CacheControl = "no-store";
        if (problem.Status == 401)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }

        using var writer = new TensorJsonWriter();
        writer.StartObject();
        writer.Member("error", problem.Detail);
        writer.EndObject();
        await SendAsync(http, writer).ConfigureAwait(false);
    }

    /// <summary>Sends what was written.</summary>
    public static Task SendAsync(HttpContext http, TensorJsonWriter writer)
    {
        http.Response.ContentType = JsonType;
        http.Response.ContentLength = writer.Written.Length;
        return http.Response.BodyWriter.WriteAsync(writer.Written, http.RequestAborted).AsTask();
    }
}
