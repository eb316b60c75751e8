using System.Net;
using System.Text.Json;

namespace Siskin.Tests.Server;

public sealed class EventEndpointTests
{
    [Fact]
    public async Task Events_are_stored_with_all_their_fields()
    {
        await using var server = await ServerFixture.StartAsync();
        await server.PostAsync("/v1/items", """{"id":"a"}""");
        var (status, body) = await server.PostAsync("/v1/events", """
            [{"id":"e1","type":"rating","user":"u","item":"a","value":4.5,"time":"2026-03-01T12:00:00.123+01:00","request":"r","scene":"home"}]
            """);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"accepted":1,"duplicates":0}""", body.GetRawText());
        var e = Assert.Single(server.Events.Stored);
        Assert.Equal(("e1", "rating", "u", "a", 4.5, "r", "home"), (e.Id, e.Type, e.User, e.Item, e.Value, e.Request, e.Scene));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, 123, TimeSpan.FromHours(1)), e.Time);
    }

    [Fact]
    public async Task Only_events_with_an_id_are_idempotent()
    {
        await using var server = await ServerFixture.StartAsync();
        const string Events = """[{"id":"e1","type":"click","user":"u","item":"a"},{"type":"click","user":"u","item":"a"}]""";
        await server.PostAsync("/v1/events", Events);
        var (_, body) = await server.PostAsync("/v1/events", Events);
        Assert.Equal(1, body.GetProperty("accepted").GetInt32());
        Assert.Equal(1, body.GetProperty("duplicates").GetInt32());
        Assert.Equal(3, server.Events.End);
        Assert.All(server.Events.Stored, e => Assert.InRange(DateTimeOffset.UtcNow - e.Time, TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Items_that_the_catalogue_does_not_know_are_named_once_and_at_most_twenty()
    {
        await using var server = await ServerFixture.StartAsync();
        var events = Enumerable.Range(0, 60).Select(i => new { type = "view", user = "u", item = $"i{i / 2}" });
        var (_, body) = await server.PostAsync("/v1/events", JsonSerializer.Serialize(events));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"i{i}"), body.GetProperty("unknownItems").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal(60, server.Events.End);
    }

    [Fact]
    public async Task A_wrong_event_is_named_and_nothing_is_stored()
    {
        await using var server = await ServerFixture.StartAsync();
        var (_, body) = await server.PostAsync("/v1/events", """
            [{"type":"click","user":"u","item":"a"},{"type":"klick","user":"u","item":"a","value":"5"},{"user":7,"item":"a","time":1700000000,"timestamp":1}]
            """);
        Assert.Equal(
            ["events[1].value", "events[1].type", "events[2].user", "events[2].time", "events[2].timestamp", "events[2].type"],
            body.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("field").GetString()));
        Assert.Empty(server.Events.Stored);
    }

    [Fact]
    public async Task A_failed_storage_is_unavailable_and_a_mistake_of_the_server_is_logged_by_id()
    {
        await using var server = await ServerFixture.StartAsync();
        server.Events.Fault = new IOException("disk full");
        var (status, body) = await server.PostAsync("/v1/events", """{"type":"click","user":"u","item":"a"}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("storageFailed", body.GetProperty("code").GetString());
        server.Events.Fault = new InvalidOperationException("secret");
        (status, body) = await server.PostAsync("/v1/events", """{"type":"click","user":"u","item":"a"}""");
        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.StartsWith("urn:uuid:", body.GetProperty("instance").GetString());
        Assert.DoesNotContain("secret", body.GetRawText());
        var metrics = await server.Client.GetStringAsync("/metrics");
        Assert.Contains("\nsiskin_unexpected_errors_total 1\n", metrics);
        Assert.Contains("\nsiskin_storage_failures_total 1\n", metrics);
    }
}
