using System.Net;
using Siskin.Data.Catalogue;
using Siskin.Serving.Pipeline;

namespace Siskin.Tests.Server;

public sealed class RecommendEndpointTests
{
    [Fact]
    public async Task A_server_that_has_not_caught_up_refuses_to_recommend()
    {
        await using var server = await ServerFixture.StartAsync();
        await server.PostAsync("/v1/items", """{"id":"a"}""");
        server.Engine.IsReady = false;
        foreach (var answer in new[]
        {
            await server.GetAsync("/v1/recommend/home?user=u"),
            await server.PostAsync("/v1/recommend/home", """{"user":"u"}"""),
            await server.GetAsync("/v1/items/a/similar"),
        })
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
            Assert.Equal("notReady", answer.Body.GetProperty("code").GetString());
        }

        Assert.Null(server.Engine.Asked);
        server.Engine.IsReady = true;
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/v1/recommend/home?user=u")).Status);
    }

    [Fact]
    public async Task A_query_becomes_a_request()
    {
        await using var server = await ServerFixture.StartAsync();
        await server.PostAsync("/v1/items", """{"id":"a"}""");
        var (status, _) = await server.GetAsync(
            "/v1/recommend/home?user=u&item=a&count=5&recent=x,y&recent=z&anyTag=t1&anyTag=t2&allTag=t3&noTag=t4&minPrice=1.5&maxPrice=2&context.device=phone&param.reRank.diversity=0.3&explain=true");
        Assert.Equal(HttpStatusCode.OK, status);
        var asked = server.Engine.Asked!;
        Assert.Equal(("home", "u", "a", 5, true), (asked.Scene, asked.User, asked.Item, asked.Count, asked.Explain));
        Assert.Equal(["x", "y", "z"], asked.RecentItems);
        Assert.Equal(["t1", "t2"], asked.Filter!.AnyTags);
        Assert.Equal(["t3"], asked.Filter.AllTags);
        Assert.Equal(["t4"], asked.Filter.NoTags);
        Assert.Equal((1.5, 2.0), (asked.Filter.MinPrice, asked.Filter.MaxPrice));
        Assert.Equal("phone", asked.Context["device"]);
        Assert.Equal("0.3", asked.Parameters["reRank.diversity"]);
    }

    [Fact]
    public async Task A_body_becomes_a_request()
    {
        await using var server = await ServerFixture.StartAsync();
        var (status, _) = await server.PostAsync("/v1/recommend/feed", """
            {"user":"u","count":5,"recentItems":["x"],"filter":{"onlyItems":[],"noItems":["n"],"attributes":[
              {"name":"brand","operator":"in","values":["t",1]},{"name":"weight","operator":"atLeast","value":2}]},
             "context":{"hour":7,"new":true},"parameters":{"reRank.diversity":0.30,"filter.seen":false},"explain":true}
            """);
        Assert.Equal(HttpStatusCode.OK, status);
        var asked = server.Engine.Asked!;
        Assert.Equal([], asked.Filter!.OnlyItems!);
        Assert.Equal(["n"], asked.Filter.NoItems);
        Assert.Equal(AttributeOperator.In, asked.Filter.Attributes[0].Operator);
        Assert.Equal([AttributeValue.Of("t"), AttributeValue.Of(1)], asked.Filter.Attributes[0].Values);
        Assert.Equal([AttributeValue.Of(2)], asked.Filter.Attributes[1].Values);
        Assert.Equal(("7", "true"), (asked.Context["hour"], asked.Context["new"]));
        Assert.Equal(("0.30", "false"), (asked.Parameters["reRank.diversity"], asked.Parameters["filter.seen"]));
    }

    [Fact]
    public async Task The_answer_is_camelCase_without_nulls_and_its_headers_say_id_and_time()
    {
        await using var server = await ServerFixture.StartAsync();
        using var response = await server.Client.GetAsync("/v1/recommend/home");
        Assert.Equal(
            """{"requestId":"request-1","scene":"home","release":7,"items":[{"item":"a","score":0.5,"channels":["popular"]}],"degradations":[{"reason":"channelLate","source":"embedding","detail":"120 ms were given"}],"milliseconds":1.25}""",
            await response.Content.ReadAsStringAsync());
        Assert.Equal("request-1", Assert.Single(response.Headers.GetValues("X-Siskin-Request-Id")));
        Assert.Equal("total;dur=1.25", Assert.Single(response.Headers.GetValues("Server-Timing")));
        using var explained = await server.Client.GetAsync("/v1/recommend/home?explain");
        Assert.Equal("total;dur=1.25, recall;dur=0.75", Assert.Single(explained.Headers.GetValues("Server-Timing")));
        Assert.Contains("\"outcome\":\"late\"", await explained.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("usr=u", "usr")]
    [InlineData("User=u", "User")]
    [InlineData("count=0", "count")]
    [InlineData("count=1001", "count")]
    [InlineData("count=1&count=2", "count")]
    [InlineData("user=", "user")]
    [InlineData("minPrice=cheap", "minPrice")]
    [InlineData("minPrice=2&maxPrice=1", "filter.minPrice")]
    [InlineData("explain=perhaps", "explain")]
    [InlineData("recent=a,,b", "recentItems[1]")]
    [InlineData("param.nothing=1", "parameters.nothing")]
    [InlineData("param.count=many", "parameters.count")]
    public async Task A_wrong_query_is_named(string query, string field)
    {
        await using var server = await ServerFixture.StartAsync();
        var (status, body) = await server.GetAsync("/v1/recommend/home?" + query);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(field, body.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Theory]
    [InlineData("""{"count":0}""", "count")]
    [InlineData("""{"count":2.5}""", "count")]
    [InlineData("""{"filters":{}}""", "filters")]
    [InlineData("""{"filter":{"anyTag":["x"]}}""", "filter.anyTag")]
    [InlineData("""{"filter":{"anyTags":["x",5]}}""", "filter.anyTags[1]")]
    [InlineData("""{"filter":{"attributes":[{"name":"a","operator":"like","value":1}]}}""", "filter.attributes[0].operator")]
    [InlineData("""{"filter":{"attributes":[{"name":"a","operator":"in","value":1}]}}""", "filter.attributes[0].values")]
    [InlineData("""{"filter":{"attributes":[{"operator":"equal"}]}}""", "filter.attributes[0].name")]
    [InlineData("""{"context":{"a":[1]}}""", "context.a")]
    [InlineData("""{"parameters":{"count":{}}}""", "parameters.count")]
    public async Task A_wrong_body_is_named(string json, string field)
    {
        await using var server = await ServerFixture.StartAsync();
        await server.RefusedAsync("/v1/recommend/home", json, field);
        Assert.Null(server.Engine.Asked);
    }

    [Fact]
    public async Task Unknown_scenes_and_items_are_not_found()
    {
        await using var server = await ServerFixture.StartAsync();
        var (status, body) = await server.GetAsync("/v1/recommend/attic");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("home", body.GetProperty("detail").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("/v1/recommend/home?item=zz")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("/v1/items/zz/similar")).Status);
    }

    [Fact]
    public async Task Scenes_are_listed_with_values_and_declarations()
    {
        await using var server = await ServerFixture.StartAsync();
        var body = (await server.GetAsync("/v1/scenes")).Body;
        var feed = body.GetProperty("scenes").EnumerateArray().Single(s => s.GetProperty("name").GetString() == "feed");
        Assert.Equal("30", feed.GetProperty("parameters").GetProperty("count").GetString());
        Assert.Equal("30", feed.GetProperty("changed").GetProperty("count").GetString());
        Assert.False(feed.GetProperty("changed").TryGetProperty("deadlineMs", out _));
        var count = body.GetProperty("parameters").EnumerateArray().Single(p => p.GetProperty("name").GetString() == "count");
        Assert.Equal(("integer", 1, 1000), (count.GetProperty("kind").GetString(), count.GetProperty("min").GetInt32(), count.GetProperty("max").GetInt32()));
    }
}
