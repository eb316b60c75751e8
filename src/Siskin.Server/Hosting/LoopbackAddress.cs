using System.Net;
using Microsoft.AspNetCore.Http;

namespace Siskin.Server.Hosting;

/// <summary>Tells addresses that only this machine reaches from others.</summary>
internal static class LoopbackAddress
{
    /// <summary>Whether a server's address, such as <c>http://127.0.0.1:8080</c>, is reached from this machine alone.</summary>
    /// <remarks>Host names other than localhost are not looked up: servers bind them to every interface.</remarks>
    public static bool Is(string url)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            // The server will refuse it with its own message; until then it counts as reachable.
            return false;
        }

        if (address.IsUnixPipe || address.IsNamedPipe)
        {
            return true;
        }

        var host = address.Host.Trim('[', ']');
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip));
    }
}
