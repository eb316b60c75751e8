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
