using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Siskin.SystemTests.Processes;

namespace Siskin.SystemTests.Ingest;

/// <summary>Events posted to a server by several connections at once.</summary>
public sealed class IngestTests : IDisposable
{
    private const int Batches = 200;
    private const int BatchSize = 100;
    private const int Connections = 4;
    private const int Items = 25;

    private readonly TemporaryHome _home = new();

    [Fact]
    public async Task All_posted_events_are_stored_once_in_the_order_of_each_connection()
    {
        await using (var server = await ServerProcess.StartAsync(_home.Directory))
        {
            await PostItemsAsync(server);
            var next = -1;
            await Task.WhenAll(Enumerable.Range(0, Connections).Select(connection => Task.Run(async () =>
            {
                for (int batch; (batch = Interlocked.Increment(ref next)) < Batches;)
                {
                    Assert.Equal((BatchSize, 0), await PostAsync(server, Batch(batch, connection)));
                }
            })));

            // Resent as they were, and mixed with new ones.
            for (var batch = 0; batch < Batches; batch += 20)
            {
                Assert.Equal((0, BatchSize), await PostAsync(server, Batch(batch, 0)));
            }

            Assert.Equal((1, 1), await PostAsync(server, $"[{Event("e-0-0", "u", "i0")},{Event("new", "u", "i0")}]"));
            Assert.Equal((0, 2), await PostAsync(server, $"[{Event("new", "u", "i0")},{Event("e-7-99", "u", "i0")}]"));
            var metrics = await server.Client.GetStringAsync("/metrics");
            Assert.Contains($"siskin_events_accepted_total {(Batches * BatchSize) + 1}", metrics, StringComparison.Ordinal);
            Assert.Equal(0, await server.StopAsync());
        }

        var stored = (await _home.ReadEventsAsync()).SelectMany(b => b.Events).ToList();
        var expected = Enumerable.Range(0, Batches).SelectMany(b => Enumerable.Range(0, BatchSize).Select(i => $"e-{b}-{i}")).Append("new");
        Assert.Equal(expected.Order(StringComparer.Ordinal), stored.Select(e => e.Id).Order(StringComparer.Ordinal));

        // A connection has one batch under way at a time, so the log holds its batches in their order.
        foreach (var connection in stored.Where(e => e.Id != "new").GroupBy(e => e.User))
        {
            var numbers = connection.Select(e => (Batch: int.Parse(e.Id.Split('-')[1]), Place: int.Parse(e.Id.Split('-')[2]))).ToList();
            Assert.Equal(numbers.Order(), numbers);
        }
    }

    [Fact]
    public async Task A_recommendation_knows_an_event_as_soon_as_it_is_acknowledged()
    {
        await using var server = await ServerProcess.StartAsync(_home.Directory);
        await PostItemsAsync(server);
        var seen = new HashSet<string>();
        for (var round = 0; round < 12; round++)
        {
            var before = await RecommendAsync(server);
            var items = ItemsOf(before);
            Assert.Equal(Items - round, items.Count);
            Assert.Empty(items.Intersect(seen));
            Assert.Equal(round > 0, SeenDrops(before) > 0);

            var click = items[round % items.Count];
            Assert.Equal((1, 0), await PostAsync(server, Event($"click-{round}", "ann", click)));
            seen.Add(click);
            Assert.DoesNotContain(click, ItemsOf(await RecommendAsync(server)));
        }

        // Somebody else still gets them all.
        var other = await server.Client.GetFromJsonAsync<JsonElement>($"/v1/recommend/home?user=bob&count={Items}");
        Assert.Superset(seen, ItemsOf(other).ToHashSet());
    }

    public void Dispose() => _home.Dispose();

    private static async Task PostItemsAsync(ServerProcess server)
    {
        var items = string.Join(',', Enumerable.Range(0, Items).Select(i => $$"""{"id":"i{{i}}","tags":["t{{i % 5}}"]}"""));
        using var response = await server.Client.PostAsync("/v1/items", Json($"[{items}]"));
        response.EnsureSuccessStatusCode();
    }

    private static async Task<(int Accepted, int Duplicates)> PostAsync(ServerProcess server, string json)
    {
        using var response = await server.Client.PostAsync("/v1/events", Json(json));
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {answer}");
        return (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("duplicates").GetInt32());
    }

    // A long deadline: a busy machine must not change what these answers hold.
    private static Task<JsonElement> RecommendAsync(ServerProcess server) =>
        server.Client.GetFromJsonAsync<JsonElement>($"/v1/recommend/home?user=ann&count={Items}&explain=true&param.deadlineMs=60000");

    private static List<string> ItemsOf(JsonElement answer) =>
        [.. answer.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("item").GetString()!)];

    /// <summary>How many items the channels came across and left out because the user has seen them.</summary>
    private static int SeenDrops(JsonElement answer)
    {
        var trace = answer.GetProperty("trace");
        return trace.GetProperty("channels").EnumerateArray().Concat(trace.GetProperty("stages").EnumerateArray())
            .Sum(step => step.GetProperty("dropped").TryGetProperty("seen", out var n) ? n.GetInt32() : 0);
    }

    private static string Batch(int batch, int connection) =>
        $"[{string.Join(',', Enumerable.Range(0, BatchSize).Select(i => Event($"e-{batch}-{i}", $"user-{connection}", $"i{(batch + i) % Items}")))}]";

    private static string Event(string id, string user, string item) =>
        $$"""{"id":"{{id}}","type":"click","user":"{{user}}","item":"{{item}}"}""";

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
