using System.Collections.Concurrent;

namespace Siskin.Server.Telemetry;

/// <summary>Counts and times of one route.</summary>
internal sealed class RouteMetrics(string route)
{
    // Methods are the caller's text: others than these are counted together, or labels would grow without end.
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    private readonly ConcurrentDictionary<(string Method, int Status), Counter> _requests = new();

    public string Route => route;

    public Histogram Duration { get; } = new();

    public IEnumerable<KeyValuePair<(string Method, int Status), Counter>> Requests => _requests;

    public void Add(string method, int status, TimeSpan duration)
    {
        var name = Array.IndexOf(Methods, method) is >= 0 and var index ? Methods[index] : "other";
        _requests.GetOrAdd((name, status), static _ => new Counter()).Add();
        Duration.Observe(duration.TotalSeconds);
    }
}
