using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Siskin.Server.Api;

namespace Siskin.Server.Hosting;

/// <summary>Decides whether a request may be answered.</summary>
internal sealed class ApiKeyCheck
{
    private const string Scheme = "Bearer ";
    private const string BasicScheme = "Basic ";

    private readonly byte[][] _hashes;
    private readonly bool _allowAnonymous;

    public ApiKeyCheck(SiskinServerOptions options)
    {
        _hashes = [.. options.ApiKeys.Select(k => SHA256.HashData(Encoding.UTF8.GetBytes(k)))];
        _allowAnonymous = options.AllowAnonymous;
    }

    /// <summary>Why the request may not be answered, or null.</summary>
    public Problem? Refuses(HttpContext http)
    {
        if (_hashes.Length == 0)
        {
            // The check at start has the same rule; this one holds for addresses that it could not see.
            return _allowAnonymous || http.Connection.LocalIpAddress is not { } address || IsLoopback(address)
                ? null
                : Problem.Unauthorized("This server has no API key and answers on its own machine only.");
        }

        var key = KeyOf(http.Request);
        if (key is null)
        {
            return Problem.Unauthorized("An API key is needed in the header X-API-Key, or in Authorization as a Bearer token.");
        }

        return IsKnown(key) ? null : Problem.Unauthorized("The API key is unknown.");
    }

    /// <summary>The same for a person's browser, which asks for a password: any user name, and a key as password (RFC 7617).</summary>
    /// <returns>Whether the request may be answered; if not, it has been answered with 401.</returns>
    public async ValueTask<bool> AdmitsPersonAsync(HttpContext http)
    {
        if (PasswordOf(http.Request) is { } password ? IsKnown(password) : Refuses(http) is null)
        {
            return true;
        }

        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        http.Response.Headers.WWWAuthenticate = "Basic realm=\"Siskin\", charset=\"UTF-8\"";
        await http.Response.WriteAsync("An API key is needed: any user name, and the key as password.", http.RequestAborted).ConfigureAwait(false);
        return false;
    }

    private static string? PasswordOf(HttpRequest request)
    {
        var authorization = request.Headers.Authorization;
        if (authorization.Count != 1 || !authorization[0]!.StartsWith(BasicScheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var encoded = authorization[0].AsSpan(BasicScheme.Length).Trim();
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64Chars(encoded, bytes, out var length))
        {
            return string.Empty;
        }

        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        return pair[(pair.IndexOf(':') + 1)..];
    }

    private static bool IsLoopback(IPAddress address) =>
        IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static string? KeyOf(HttpRequest request)
    {
        if (request.Headers.TryGetValue("X-API-Key", out var values))
        {
            return values.Count == 1 ? values[0] : null;
        }

        var authorization = request.Headers.Authorization;
        return authorization.Count == 1 && authorization[0]!.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? authorization[0]![Scheme.Length..].Trim()
            : null;
    }

    // Hashes have one length, and every key is compared: the time tells nothing of any key.
    private bool IsKnown(string key)
    {
        if (key.Length > SiskinServerOptions.MaxApiKeyLength)
        {
            return false;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        var isKnown = false;
        foreach (var known in _hashes)
        {
            isKnown |= CryptographicOperations.FixedTimeEquals(hash, known);
        }

        return isKnown;
    }
}
