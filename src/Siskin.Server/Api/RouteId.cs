using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Siskin.Data.Catalogue;

namespace Siskin.Server.Api;

/// <summary>Reads the id that stands in a path.</summary>
internal static class RouteId
{
    /// <summary>The id, with every escape taken back, a slash's included.</summary>
    /// <param name="http">The request.</param>
    /// <param name="behind">How many segments of the path stand behind the id.</param>
    /// <exception cref="ProblemException">It cannot be an id.</exception>
    public static string Read(HttpContext http, int behind = 0)
    {
        var id = (string)http.Request.RouteValues["id"]!;
        if (id.Contains('%', StringComparison.Ordinal))
        {
            id = Uri.UnescapeDataString(RawSegment(http, behind) ?? id);
        }

        var errors = new FieldErrors();
        CatalogueValidator.CheckId(id, "id", errors);
        errors.ThrowIfAny();
        return id;
    }

    // Servers take back every escape of a path but that of the slash, so that only the raw path tells an escaped
    // slash from the letters "%2F".
    private static string? RawSegment(HttpContext http, int behind)
    {
        var raw = http.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(raw))
        {
            return null;
        }

        var query = raw.IndexOf('?', StringComparison.Ordinal);
        var segments = (query < 0 ? raw : raw[..query]).TrimEnd('/').Split('/');
        return segments.Length > behind ? segments[^(behind + 1)] : null;
    }
}
