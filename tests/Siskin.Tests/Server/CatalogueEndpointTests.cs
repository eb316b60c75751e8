using System.Net;
using System.Text;
using Siskin.Data.Catalogue;
using Siskin.Server.Hosting;

namespace Siskin.Tests.Server;

public sealed class CatalogueEndpointTests
{
    private const string Schema = """
        {"itemAttributes":[{"name":"brand","type":"categorical","isFilterable":true},{"name":"weight","type":"numeric"}],"vectorDimension":2}
        """;

    [Fact]
    public async Task An_item_comes_back_as_it_was_posted()
    {
        await using var server = await ServerFixture.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Put, "/v1/schema", Schema)).Status);
        const string Json = """
            {"id":"a","title":"Tee — „grün“","tags":["x","y"],"attributes":{"brand":"t","weight":1.5},"vector":[0.25,-1],"place":{"latitude":1.5,"longitude":2},"price":3.5,"createdAt":"2026-03-01T12:00:00+01:00","isAvailable":false}
            """;
        var (status, body) = await server.PostAsync("/v1/items", Json);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"stored":1}""", body.GetRawText());
        Assert.Equal(Json.Trim(), (await server.GetAsync("/v1/items/a")).Body.GetRawText());
        Assert.Equal(2, server.Engine.Pulls);
    }

    [Fact]
    public async Task One_wrong_item_of_a_batch_stores_nothing_and_every_wrong_field_is_named()
    {
        await using var server = await ServerFixture.StartAsync();
        var (status, body) = await server.PostAsync("/v1/items", """
            [{"id":"a"},{"id":"","pirce":3,"price":-1,"tags":"x","place":{"latitude":91}},7,{"id":5,"isAvailable":"yes"}]
            """);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(
            ["items[1].pirce", "items[1].tags", "items[1].place.longitude", "items[1].id", "items[1].place.latitude", "items[1].price", "items[2]", "items[3].id", "items[3].isAvailable"],
            body.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("field").GetString()));
        Assert.Equal(0, await server.Catalogue.CountItemsAsync());
        Assert.Equal(0, server.Engine.Pulls);
    }

    [Fact]
    public async Task At_most_fifty_errors_are_reported()
    {
        await using var server = await ServerFixture.StartAsync();
        var (_, body) = await server.PostAsync("/v1/items", "[" + string.Join(',', Enumerable.Repeat("{}", 80)) + "]");
        Assert.Equal(50, body.GetProperty("errors").GetArrayLength());
    }

    [Fact]
    public async Task Lines_are_read_as_well_as_lists()
    {
        await using var server = await ServerFixture.StartAsync();
        var (status, _) = await server.PostAsync("/v1/users", "{\"id\":\"u\"}\n\n{\"id\":\"v\",\"friends\":[\"u\"]}\n", "application/x-ndjson");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["u"], (await server.Catalogue.GetUserAsync("v"))!.Friends);
        var (refused, body) = await server.PostAsync("/v1/users", "{\"id\":\"w\"}\n{\"id\":\"x\",", "application/x-ndjson");
        Assert.Equal(HttpStatusCode.BadRequest, refused);
        Assert.StartsWith("Line 2, byte", body.GetProperty("detail").GetString());
        Assert.Null(await server.Catalogue.GetUserAsync("w"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("[")]
    [InlineData("{\"id\":\"a\"}x")]
    [InlineData("[{\"id\":\"a\"}]]")]
    [InlineData("{\"id\":\"\\ud800\"}")]
    [InlineData("{\"id\":\"a\\u0000\"}")]
    [InlineData("{\"id\":\"a\",\"price\":NaN}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[")]
    public async Task What_is_not_JSON_is_refused_as_malformed(string text)
    {
        await using var server = await ServerFixture.StartAsync();
        var (status, body) = await server.PostAsync("/v1/items", text);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("malformedJson", body.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Invalid_UTF8_is_refused_with_its_place()
    {
        await using var server = await ServerFixture.StartAsync();
        using var content = new ByteArrayContent([.. "[\n{\"id\":\""u8, 0xC3, 0x28, .. "\"}]"u8]);
        content.Headers.ContentType = new("application/json");
        using var response = await server.Client.PostAsync("/v1/items", content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("Line 2, byte 8", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_doubled_property_and_a_number_too_large_are_errors_of_their_fields()
    {
        await using var server = await ServerFixture.StartAsync();
        Assert.Equal("is given twice", await server.RefusedAsync("/v1/items", """{"id":"a","id":"b"}""", "id"));
        Assert.Contains("64-bit", await server.RefusedAsync("/v1/items", """{"id":"a","price":1e999}""", "price"));
        Assert.Contains("which has id, title", await server.RefusedAsync("/v1/items", """{"id":"a","titel":1}""", "titel"));
    }

    [Fact]
    public async Task Times_need_an_offset_and_seconds_are_recognised()
    {
        await using var server = await ServerFixture.StartAsync();
        Assert.Contains("offset", await server.RefusedAsync("/v1/items", """{"id":"a","createdAt":"2026-03-01T12:00:00"}""", "createdAt"));
        Assert.Contains("ISO 8601", await server.RefusedAsync("/v1/items", """{"id":"a","createdAt":"yesterday"}""", "createdAt"));
        Assert.Contains("seconds", await server.RefusedAsync("/v1/items", """{"id":"a","createdAt":1700000000}""", "createdAt"));
        Assert.Contains("1900", await server.RefusedAsync("/v1/items", """{"id":"a","createdAt":"1812-01-01T00:00:00Z"}""", "createdAt"));
        await server.PostAsync("/v1/items", """{"id":"a","createdAt":1700000000123}""");
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123), (await server.Catalogue.GetItemAsync("a"))!.CreatedAt);
    }

    [Fact]
    public async Task A_patch_merges_removes_and_is_checked_like_a_post()
    {
        await using var server = await ServerFixture.StartAsync();
        await server.PostAsync("/v1/items", """{"id":"a","title":"A","tags":["x"],"price":3,"place":{"latitude":1,"longitude":2}}""");
        var (status, body) = await server.SendAsync(HttpMethod.Patch, "/v1/items/a", """{"title":null,"price":4,"place":{"latitude":5}}""", "application/merge-patch+json");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"id":"a","tags":["x"],"attributes":{},"place":{"latitude":5,"longitude":2},"price":4,"isAvailable":true}""", body.GetRawText());
        Assert.Equal(HttpStatusCode.BadRequest, (await server.SendAsync(HttpMethod.Patch, "/v1/items/a", """{"price":-4}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.SendAsync(HttpMethod.Patch, "/v1/items/a", """{"id":"b"}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.SendAsync(HttpMethod.Patch, "/v1/items/a", """{"price":1,"price":2}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.SendAsync(HttpMethod.Patch, "/v1/items/zz", "{}")).Status);
        Assert.Equal(4, (await server.Catalogue.GetItemAsync("a"))!.Price);
    }

    [Fact]
    public async Task Ids_with_slashes_and_percent_signs_are_told_apart()
    {
        await using var server = await ServerFixture.StartAsync(overSockets: true);
        foreach (var id in new[] { "a/b", "a%2Fb", "a b", "ä" })
        {
            var (status, body) = await server.SendAsync(HttpMethod.Put, "/v1/items/" + Uri.EscapeDataString(id), "{}");
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal(id, body.GetProperty("id").GetString());
            Assert.Equal(HttpStatusCode.OK, (await server.GetAsync($"/v1/items/{Uri.EscapeDataString(id)}/similar")).Status);
        }

        Assert.Equal(4, await server.Catalogue.CountItemsAsync());
    }

    [Fact]
    public async Task Put_get_and_delete_agree_and_unknown_ids_are_not_found()
    {
        await using var server = await ServerFixture.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("/v1/users/u")).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Put, "/v1/users/u", """{"friends":["v"]}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.SendAsync(HttpMethod.Put, "/v1/users/u", """{"id":"w"}""")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await server.SendAsync(HttpMethod.Delete, "/v1/users/u")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.SendAsync(HttpMethod.Delete, "/v1/users/u")).Status);
        Assert.Equal(2, server.Engine.Pulls);
    }

    [Fact]
    public async Task Pages_follow_each_other_by_cursor()
    {
        await using var server = await ServerFixture.StartAsync();
        await server.PostAsync("/v1/items", """[{"id":"a"},{"id":"b"},{"id":"c"}]""");
        var first = (await server.GetAsync("/v1/items?limit=2")).Body;
        var second = (await server.GetAsync("/v1/items?limit=2&cursor=" + Uri.EscapeDataString(first.GetProperty("cursor").GetString()!))).Body;
        Assert.Equal(["a", "b"], first.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()));
        Assert.Equal(["c"], second.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()));
        Assert.False(second.TryGetProperty("cursor", out _));
        Assert.Equal(HttpStatusCode.BadRequest, (await server.GetAsync("/v1/items?cursor=x")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.GetAsync("/v1/items?limit=1001")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.GetAsync("/v1/items?Limit=1")).Status);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("")]
    public async Task Other_content_types_are_not_supported(string type)
    {
        await using var server = await ServerFixture.StartAsync();
        var (status, body) = await server.PostAsync("/v1/items", """{"id":"a"}""", type);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
        Assert.Equal("unsupportedMediaType", body.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bodies_beyond_the_limit_are_refused_chunked_or_not(bool isChunked)
    {
        await using var server = await ServerFixture.StartAsync(new SiskinServerOptions { MaxBodyBytes = 2_000 }, overSockets: true);
        foreach (var (padding, expected) in new[] { (1_900, HttpStatusCode.OK), (2_000, HttpStatusCode.RequestEntityTooLarge), (500_000, HttpStatusCode.RequestEntityTooLarge) })
        {
            var bytes = Encoding.UTF8.GetBytes("""{"id":"a"}""" + new string(' ', padding));
            using var content = isChunked ? (HttpContent)new StreamContent(new NoLength(bytes)) : new ByteArrayContent(bytes);
            content.Headers.ContentType = new("application/json");
            using var response = await server.Client.PostAsync("/v1/items", content);
            Assert.Equal(expected, response.StatusCode);
        }
    }

    [Fact]
    public async Task Batches_beyond_the_limit_are_refused()
    {
        await using var server = await ServerFixture.StartAsync(new SiskinServerOptions { MaxBatch = 2 });
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/items", """[{"id":"a"},{"id":"b"}]""")).Status);
        var (status, body) = await server.PostAsync("/v1/items", """[{"id":"c"},{"id":"d"},{"id":"e"}]""");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Equal("batchTooLarge", body.GetProperty("code").GetString());
        Assert.Equal(2, await server.Catalogue.CountItemsAsync());
    }

    [Fact]
    public async Task The_schema_comes_back_as_it_was_put_and_counts_at_once()
    {
        await using var server = await ServerFixture.StartAsync();
        Assert.Contains("none are declared", await server.RefusedAsync("/v1/items", """{"id":"a","attributes":{"brand":"t"}}""", "attributes.brand"));
        await server.SendAsync(HttpMethod.Put, "/v1/schema", Schema);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/items", """{"id":"a","attributes":{"brand":"t"}}""")).Status);
        var schema = (await server.GetAsync("/v1/schema")).Body;
        Assert.Equal(2, schema.GetProperty("vectorDimension").GetInt32());
        Assert.Equal("numeric", schema.GetProperty("itemAttributes")[1].GetProperty("type").GetString());
        Assert.Equal(CatalogueSchema.Default.EventTypes.Count, schema.GetProperty("eventTypes").GetArrayLength());
        var again = await server.SendAsync(HttpMethod.Put, "/v1/schema", schema.GetRawText());
        Assert.Equal(schema.GetRawText(), again.Body.GetRawText());
        var wrong = await server.SendAsync(HttpMethod.Put, "/v1/schema", """{"itemAttributes":[{"name":"a","type":"colour"},{"name":"a"}],"eventTypes":[]}""");
        Assert.Equal(
            ["itemAttributes[0].type", "itemAttributes[1].type", "itemAttributes[1].name", "eventTypes"],
            wrong.Body.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("field").GetString()));
    }

    /// <summary>A stream whose length is not known beforehand, so that the body is sent in chunks.</summary>
    private sealed class NoLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
