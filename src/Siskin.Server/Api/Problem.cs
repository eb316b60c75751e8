using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Siskin.Data;

namespace Siskin.Server.Api;

/// <summary>An error as answered: problem+json (RFC 9457) with a stable code and the fields that are wrong.</summary>
internal sealed record Problem
{
    public required int Status { get; init; }

    /// <summary>The status in words: without a <c>type</c>, RFC 9457 wants the title to be that.</summary>
    public string Title => ReasonPhrases.GetReasonPhrase(Status) is { Length: > 0 } phrase ? phrase : "Error";

    public required string Code { get; init; }

    public required string Detail { get; init; }

    public IReadOnlyList<ValidationError>? Errors { get; init; }

    /// <summary>Names the entry in the server's log; only for the server's own faults.</summary>
    public string? Instance { get; init; }

    public static Problem Malformed(string detail, long line = -1, long column = -1) => new()
    {
        Status = 400,
        Code = "malformedJson",
        Detail = line < 0 ? detail : string.Create(CultureInfo.InvariantCulture, $"Line {line + 1}, byte {column + 1}: {detail}"),
    };

    public static Problem Invalid(FieldErrors errors) => new()
    {
        Status = 400,
        Code = "invalidRequest",
        Detail = errors.Total == errors.Count
            ? string.Create(CultureInfo.InvariantCulture, $"{errors.Count} field(s) are wrong; nothing was changed. {errors.First}")
            : string.Create(CultureInfo.InvariantCulture, $"More than {errors.Count} fields are wrong, and the rest was not looked at; nothing was changed. {errors.First}"),
        Errors = errors.ToArray(),
    };

    public static Problem Invalid(string field, string message)
    {
        var errors = new FieldErrors();
        errors.Add(field, message);
        return Invalid(errors);
    }

    public static Problem NotFound(string field, string message) => new()
    {
        Status = 404,
        Code = "notFound",
        Detail = $"{field} {message}.",
        Errors = [new(field, message)],
    };

    public static Problem NoRoute(string path) => new()
    {
        Status = 404,
        Code = "notFound",
        Detail = $"There is nothing at {FieldErrors.Shorten(path, 200)}; /openapi/v1.json lists the routes.",
    };

    public static Problem MethodNotAllowed(string method, string allowed) => new()
    {
        Status = 405,
        Code = "methodNotAllowed",
        Detail = $"{FieldErrors.Shorten(method, 20)} is not allowed here; allowed are {allowed}.",
    };

    public static Problem Unauthorized(string detail) => new() { Status = 401, Code = "unauthorized", Detail = detail };

    public static Problem Conflict(string detail) => new() { Status = 409, Code = "conflict", Detail = detail };

    public static Problem BodyTooLarge(long limit) => new()
    {
        Status = 413,
        Code = "bodyTooLarge",
        Detail = string.Create(CultureInfo.InvariantCulture, $"The body is larger than {limit:N0} bytes; send smaller batches."),
    };

    public static Problem BatchTooLarge(int limit) => new()
    {
        Status = 413,
        Code = "batchTooLarge",
        Detail = string.Create(CultureInfo.InvariantCulture, $"The body has more than {limit:N0} elements; send smaller batches. Nothing was changed."),
    };

    public static Problem UnsupportedMediaType(string detail) => new() { Status = 415, Code = "unsupportedMediaType", Detail = detail };

    public static Problem NotReady() => new()
    {
        Status = 503,
        Code = "notReady",
        Detail = "The catalogue and the events are still being loaded; try again in a moment.",
    };

    public static Problem StorageFailed() => new()
    {
        Status = 503,
        Code = "storageFailed",
        Detail = "The storage failed or is full; nothing was changed. The server's log tells more.",
    };

    public static Problem Internal(string instance) => new()
    {
        Status = 500,
        Code = "internalError",
        Detail = $"The server made a mistake; its log tells more under {instance}.",
        Instance = instance,
    };
}
