using System.IO.Compression;
using System.Net;
using System.Text;
using Siskin.Inference.Registry;
using Siskin.Server.Hosting;

namespace Siskin.Tests.Server.Models;

/// <summary>What surrounds the calls of models: keys, methods, limits, counts, many at once.</summary>
public sealed class ModelHostingTests
{
    private const string Key = "0123456789abcdef";

    [Fact]
    public async Task An_app_without_models_says_so()
    {
        await using var server = await ServerFixture.StartAsync();
        foreach (var path in new[] { "/v1/models/half", "/v2/models/half", "/v2/models/half/ready" })
        {
            var (status, body) = await server.GetAsync(path);
            Assert.Equal((HttpStatusCode.NotFound, """{"error":"there is no model 'half'"}"""), (status, body.GetRawText()));
        }

        Assert.Equal(HttpStatusCode.NotFound, (await server.PostAsync("/v1/models/half:predict", "{}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.PostAsync("/v2/repository/models/half/load", "{}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.PostAsync("/v2/repository/models/half/unload", "{}")).Status);
        Assert.Equal("""{"live":true,"ready":true}""", (await server.GetAsync("/v2/health/ready")).Body.GetRawText());
        Assert.Equal("[]", (await server.PostAsync("/v2/repository/index", string.Empty)).Body.GetRawText());
    }

    [Fact]
    public async Task Every_route_but_health_needs_a_key()
    {
        await using var server = await ServerFixture.StartAsync(new SiskinServerOptions { ApiKeys = [Key] }, models: TestModels.Server());
        foreach (var route in server.MappedRoutes.Where(r => r.Contains("/v1/models") || r.Contains("/v2")))
        {
            var (method, path) = (route.Split(' ')[0], route.Split(' ')[1].Replace("{name}", "half_plus_two").Replace("{version}", "1").Replace("{label}", "old"));
            using var response = await server.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            if (path.StartsWith("/v2/health/", StringComparison.Ordinal))
            {
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                continue;
            }

            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
            Assert.StartsWith("{\"error\":\"An API key is needed", await response.Content.ReadAsStringAsync());
        }

        server.Client.DefaultRequestHeaders.Add("X-API-Key", Key);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/models/half_plus_two:predict", """{"instances":[1]}""")).Status);
    }

    [Theory]
    [InlineData("GET", "/v1/models/half_plus_two:predict", "POST")]
    [InlineData("GET", "/v1/models/half_plus_two/versions/1:classify", "POST")]
    [InlineData("PUT", "/v1/models/half_plus_two/labels/old:regress", "POST")]
    [InlineData("POST", "/v1/models/half_plus_two", "GET")]
    [InlineData("DELETE", "/v1/models/half_plus_two/metadata", "GET")]
    [InlineData("POST", "/v2", "GET")]
    [InlineData("GET", "/v2/models/half_plus_two/infer", "POST")]
    [InlineData("GET", "/v2/repository/index", "POST")]
    public async Task Other_methods_are_refused_in_the_protocols_form(string method, string path, string allowed)
    {
        await using var server = await ServerFixture.StartAsync(models: TestModels.Server());
        using var response = await server.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Contains(allowed, response.Content.Headers.Allow);
        Assert.StartsWith("{\"error\":\"", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/half_plus_two/nothing")]
    [InlineData("/v1/models/half_plus_two/versions/1/nothing")]
    [InlineData("/v2/nothing")]
    [InlineData("/v2/models")]
    public async Task Unknown_paths_are_refused_in_the_protocols_form(string path)
    {
        await using var server = await ServerFixture.StartAsync(models: TestModels.Server());
        var (status, body) = await server.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.StartsWith("{\"error\":\"There is nothing at ", body.GetRawText());
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused_packed_or_not()
    {
        await using var server = await ServerFixture.StartAsync(new SiskinServerOptions { MaxBodyBytes = 1024 }, models: TestModels.Server());
        var body = $$"""{"instances":[{{string.Join(',', Enumerable.Repeat("1", 600))}}]}""";
        var (status, answer) = await server.PostAsync("/v1/models/half_plus_two:predict", body);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.StartsWith("{\"error\":\"The body is larger than 1,024 bytes", answer.GetRawText());
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PackedAsync(server, "gzip", Encoding.UTF8.GetBytes(body)));
    }

    [Fact]
    public async Task Packed_bodies_are_unpacked()
    {
        await using var server = await ServerFixture.StartAsync(models: TestModels.Server());
        var body = $$"""{"instances":[{{string.Join(',', Enumerable.Repeat("1.5", 100_000))}}]}""";
        Assert.Equal(HttpStatusCode.OK, await PackedAsync(server, "gzip", Encoding.UTF8.GetBytes(body)));
        Assert.Equal(HttpStatusCode.OK, await PackedAsync(server, "deflate", Encoding.UTF8.GetBytes(body)));
        Assert.Equal(HttpStatusCode.BadRequest, await PackedAsync(server, "br", Encoding.UTF8.GetBytes(body)));
        using var broken = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        broken.Headers.ContentEncoding.Add("gzip");
        using var response = await server.Client.PostAsync("/v1/models/half_plus_two:predict", broken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Requests_and_rows_are_counted_by_model_and_version()
    {
        await using var server = await ServerFixture.StartAsync(models: TestModels.WithFailures());
        await server.PostAsync("/v1/models/half_plus_two/versions/1:predict", """{"instances":[1,2,3]}""");
        await server.PostAsync("/v2/models/half_plus_two/versions/1/infer", """{"inputs":[{"name":"x","shape":[4],"datatype":"FP32","data":[1,2,3,4]}]}""");
        await server.PostAsync("/v1/models/half_plus_two/versions/1:predict", """{"instances":[]}""");
        await server.PostAsync("/v1/models/broken:predict", """{"instances":[1]}""");
        await server.PostAsync("/v1/models/nobody:predict", """{"instances":[1]}""");
        using var response = await server.Client.GetAsync("/metrics");
        var text = await response.Content.ReadAsStringAsync();
        Assert.Contains("\nsiskin_model_requests_total{model=\"half_plus_two\",version=\"1\",status=\"200\"} 2\n", text);
        Assert.Contains("\nsiskin_model_requests_total{model=\"half_plus_two\",version=\"1\",status=\"400\"} 1\n", text);
        Assert.Contains("\nsiskin_model_requests_total{model=\"broken\",version=\"1\",status=\"500\"} 1\n", text);
        Assert.Contains("\nsiskin_model_rows_total{model=\"half_plus_two\",version=\"1\"} 7\n", text);
        Assert.Contains("\nsiskin_model_request_duration_seconds_count{model=\"half_plus_two\",version=\"1\"} 3\n", text);
        Assert.Contains("\nsiskin_model_request_duration_seconds_bucket{model=\"half_plus_two\",version=\"1\",le=\"+Inf\"} 3\n", text);
        Assert.Contains("\nsiskin_unexpected_errors_total 1\n", text);
        Assert.DoesNotContain("nobody", text);
    }

    [Fact]
    public async Task Many_requests_at_once_get_their_own_answers()
    {
        var models = TestModels.Server();
        await using var server = await ServerFixture.StartAsync(overSockets: true, models: models);
        await Parallel.ForEachAsync(Enumerable.Range(0, 2_000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, cancellationToken) =>
        {
            var rows = 1 + (i % 50);
            var body = $$"""{"instances":[{{string.Join(',', Enumerable.Range(0, rows).Select(r => (i + r).ToString()))}}]}""";
            using var response = await server.Client.PostAsync("/v1/models/half_plus_two/versions/1:predict", new StringContent(body), cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            Assert.Equal($$"""{"predictions":[{{string.Join(',', Enumerable.Range(0, rows).Select(r => ((i + r) / 2.0 + 2).ToString("0.0##")))}}]}""", text);
        });
        Assert.Equal(0, models.Held);
    }

    [Fact]
    public async Task A_slow_reader_holds_no_version()
    {
        var models = TestModels.Server();
        await using var server = await ServerFixture.StartAsync(overSockets: true, models: models);
        var body = $$"""{"instances":[{{string.Join(',', Enumerable.Repeat("0.123456789", 1_000_000))}}]}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/models/half_plus_two:predict") { Content = new StringContent(body) };
        using var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(0, models.Held);
        Assert.Equal(response.Content.Headers.ContentLength, (await response.Content.ReadAsByteArrayAsync()).Length);
    }

    [Fact]
    public async Task Models_that_go_while_they_are_listed_do_no_harm()
    {
        await using var server = await ServerFixture.StartAsync(models: new Ghosts());
        Assert.Equal("[]", (await server.PostAsync("/v2/repository/index", string.Empty)).Body.GetRawText());
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/v2/health/ready")).Status);
        Assert.Equal("""{"model_stats":[]}""", (await server.GetAsync("/v2/models/stats")).Body.GetRawText());
    }

    private static async Task<HttpStatusCode> PackedAsync(ServerFixture server, string encoding, byte[] body)
    {
        using var packed = new MemoryStream();
        await using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
        })
        {
            await stream.WriteAsync(body);
        }

        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentEncoding.Add(encoding);
        using var response = await server.Client.PostAsync("/v1/models/half_plus_two:predict", content);
        return response.StatusCode;
    }

    private sealed class Ghosts : IModelServer
    {
        public IReadOnlyList<string> Names => ["ghost"];

        public IReadOnlyList<ServableStatus> Versions(string name) => throw new ServableException(ServableError.NotFound, "gone");

        public ServableLease Acquire(string name, long? version = null, string? label = null) => throw new ServableException(ServableError.NotFound, "gone");

        public Task LoadAsync(string name, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task UnloadAsync(string name, CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
