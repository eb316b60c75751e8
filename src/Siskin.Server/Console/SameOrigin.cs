using Microsoft.AspNetCore.Http;

namespace Siskin.Server.Console;

/// <summary>Keeps other sites from sending the page's forms from a visitor's browser.</summary>
/// <remarks>
/// Browsers name the sender in headers that scripts cannot change. A request without them comes from no browser, and
/// could be made without any page. Needs no cookie and no key, so it holds across replicas and restarts.
/// </remarks>
internal static class SameOrigin
{
    public static bool Holds(HttpRequest request)
    {
        if (request.Headers.TryGetValue("Sec-Fetch-Site", out var site))
        {
            return site == "same-origin";
        }

        // The scheme may differ behind a proxy that ends TLS; host and port are those that the browser asked for.
        return !request.Headers.TryGetValue("Origin", out var origin)
            || (Uri.TryCreate(origin, UriKind.Absolute, out var from)
                && Uri.TryCreate($"{from.Scheme}://{request.Host.ToUriComponent()}", UriKind.Absolute, out var here)
                && from.Authority == here.Authority);
    }
}
