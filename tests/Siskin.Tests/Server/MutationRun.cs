using System.Text;
using System.Text.Json;

namespace Siskin.Tests.Server;

/// <summary>Sends mutated requests and checks what every answer must obey.</summary>
internal static class MutationRun
{
    /// <summary>Sends requests, one after the other.</summary>
    /// <param name="client">Speaks to the server.</param>
    /// <param name="stateAsync">Number of stored events, and version of the catalogue.</param>
    /// <param name="mutator">Makes the requests.</param>
    /// <param name="rounds">How many.</param>
    public static async Task RunAsync(HttpClient client, Func<ValueTask<(long Events, long Version)>> stateAsync, RequestMutator mutator, int rounds)
    {
        var successes = 0;
        for (var round = 0; round < rounds; round++)
        {
            using var request = mutator.Next();
            if (request is null)
            {
                continue;
            }

            var before = await stateAsync();
            var sent = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync();
            using var response = await client.SendAsync(request);
            var text = await response.Content.ReadAsByteArrayAsync();
            var (method, status) = (request.Method.Method, (int)response.StatusCode);
            var what = $"round {round}: {method} {request.RequestUri} {request.Content?.Headers.ContentType} {Start(sent)} → {status} {Start(text)}";
            Assert.True(status < 500, what);
            var after = await stateAsync();
            if (status is >= 200 and < 300)
            {
                successes++;
                CheckStored(method, request.RequestUri!.AbsolutePath, text, before, after, what);
                continue;
            }

            Assert.True(before == after, what);
            Assert.True(response.Content.Headers.ContentType?.MediaType == "application/problem+json", what);
            if (method != "HEAD")
            {
                var problem = JsonElement.Parse(text);
                Assert.True(problem.GetProperty("detail").GetString()!.Length > 0, what);
                Assert.True(problem.GetProperty("code").GetString()!.Length > 0, what);
                Assert.Equal(status, problem.GetProperty("status").GetInt32());
            }
        }

        // Most requests must be mutated beyond validity, and enough must not, for the test to mean anything.
        Assert.InRange(successes, rounds / 5, rounds * 4 / 5);
    }

    private static string Start(byte[] text) => Encoding.UTF8.GetString(text.AsSpan(0, Math.Min(300, text.Length)));

    private static void CheckStored(string method, string path, byte[] text, (long Events, long Version) before, (long Events, long Version) after, string what)
    {
        path = path.ToLowerInvariant();
        var isEvents = path.TrimEnd('/') == "/v1/events";
        var accepted = method == "POST" && isEvents ? JsonElement.Parse(text).GetProperty("accepted").GetInt64() : 0;
        Assert.True(before.Events + accepted == after.Events, what);
        var isEntity = path.StartsWith("/v1/items", StringComparison.Ordinal) || path.StartsWith("/v1/users", StringComparison.Ordinal);
        var changed = (method, isEntity) switch
        {
            ("POST", true) => JsonElement.Parse(text).GetProperty("stored").GetInt64(),
            ("PUT" or "PATCH" or "DELETE", true) => 1,
            _ => 0,
        };
        Assert.True(before.Version + changed == after.Version, what);
    }
}
