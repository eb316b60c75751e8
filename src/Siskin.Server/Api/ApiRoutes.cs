using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Siskin.Server.Api;

/// <summary>Maps handlers, and for each pattern an answer to methods that it does not have.</summary>
/// <param name="endpoints">The app.</param>
/// <param name="handler">Surrounds every handler.</param>
/// <param name="refuse">How errors are answered; as problem+json when null.</param>
internal sealed class ApiRoutes(IEndpointRouteBuilder endpoints, ApiHandler handler, Func<HttpContext, Problem, Task>? refuse = null)
{
    private readonly Func<HttpContext, Problem, Task> _refuse = refuse ?? Answers.ProblemAsync;
    private readonly Dictionary<string, List<string>> _methods = new(StringComparer.Ordinal);

    /// <summary>The methods mapped, by pattern.</summary>
    public IReadOnlyDictionary<string, List<string>> Methods => _methods;

    /// <summary>Maps a handler; GET answers HEAD as well.</summary>
    public void Map(string method, string pattern, Func<HttpContext, Task> handle, bool isOpen = false)
    {
        string[] methods = method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [method];
        endpoints.MapMethods(pattern, methods, handler.Wrap(pattern, isOpen, handle, _refuse));
        if (!_methods.TryGetValue(pattern, out var known))
        {
            _methods[pattern] = known = [];
        }

        known.AddRange(methods);
    }

    /// <summary>Maps the answers to other methods and, below a prefix, to unknown paths.</summary>
    /// <param name="prefixes">Patterns such as <c>/v1/{**path}</c>.</param>
    public void Close(params string[] prefixes)
    {
        foreach (var (pattern, methods) in _methods)
        {
            var allowed = string.Join(", ", methods.Append(HttpMethods.Options));

            // An endpoint without methods of its own comes after those that have some.
            endpoints.Map(pattern, handler.Wrap(pattern, isOpen: true, http => RefuseMethod(http, allowed), _refuse));
        }

        foreach (var prefix in prefixes)
        {
            endpoints.Map(prefix, handler.Wrap("unknown", isOpen: true, http => _refuse(http, Problem.NoRoute(http.Request.Path)), _refuse));
        }
    }

    /// <summary>Answers that nothing is there.</summary>
    public static Task NoRoute(HttpContext http) => Answers.ProblemAsync(http, Problem.NoRoute(http.Request.Path));

    private Task RefuseMethod(HttpContext http, string allowed)
    {
        http.Response.Headers.Allow = allowed;
        if (HttpMethods.IsOptions(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        return _refuse(http, Problem.MethodNotAllowed(http.Request.Method, allowed));
    }
}
