using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Siskin.Server.Api.Json;

namespace Siskin.Server.Api;

/// <summary>Writes answers.</summary>
internal static class Answers
{
    private const string JsonType = "application/json; charset=utf-8";

    /// <summary>Writes a value by its generated serialiser.</summary>
    public static Task JsonAsync<T>(HttpContext http, T value, JsonTypeInfo<T> type, int status = 200)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = JsonType;
        return JsonSerializer.SerializeAsync(http.Response.BodyWriter, value, type, http.RequestAborted);
    }

    /// <summary>Writes what a hand-written form writes.</summary>
    public static async Task JsonAsync<T>(HttpContext http, T value, Action<Utf8JsonWriter, T> write)
    {
        http.Response.ContentType = JsonType;
        await using (var writer = JsonWrite.To(http.Response.BodyWriter))
        {
            write(writer, value);
        }

        await http.Response.BodyWriter.FlushAsync(http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Writes a problem.</summary>
    public static Task ProblemAsync(HttpContext http, Problem problem)
    {
        http.Response.StatusCode = problem.Status;
        http.Response.ContentType = "application/problem+json; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        if (problem.Status == 401)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return JsonSerializer.SerializeAsync(http.Response.BodyWriter, problem, ApiJson.Answers.Problem, http.RequestAborted);
    }
}
