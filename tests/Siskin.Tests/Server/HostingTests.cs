using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Siskin.Server.Hosting;

namespace Siskin.Tests.Server;

public sealed partial class HostingTests
{
    private const string Key = "0123456789abcdef";
    private const string OtherKey = "fedcba9876543210";

    [Theory]
    [InlineData("http://localhost:5000", true)]
    [InlineData("http://LOCALHOST", true)]
    [InlineData("http://127.0.0.1:80", true)]
    [InlineData("http://127.9.9.9:80", true)]
    [InlineData("https://[::1]:443", true)]
    [InlineData("http://[::ffff:127.0.0.1]:80", true)]
    [InlineData("http://unix:/tmp/siskin.sock", true)]
    [InlineData("http://0.0.0.0:80", false)]
    [InlineData("http://[::]:80", false)]
    [InlineData("http://*:80", false)]
    [InlineData("http://+:80", false)]
    [InlineData("http://192.168.1.4", false)]
    [InlineData("http://siskin.example", false)]
    [InlineData("http://localhost.example", false)]
    [InlineData("nonsense", false)]
    public void Loopback_addresses_are_told_from_others(string url, bool isLoopback) => Assert.Equal(isLoopback, LoopbackAddress.Is(url));

    [Theory]
    [InlineData("urls", "http://127.0.0.1:0;http://0.0.0.0:0")]
    [InlineData("http_ports", "8080")]
    [InlineData("https_ports", "8443")]
    [InlineData("Kestrel:Endpoints:Api:Url", "http://*:0")]
    public async Task A_server_that_others_reach_does_not_start_without_a_key(string setting, string value)
    {
        await using var app = Build(new SiskinServerOptions(), (setting, value));
        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());
        Assert.Contains("without an API key", e.Message);
    }

    [Fact]
    public void Ports_do_not_count_beside_addresses()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("urls", "http://127.0.0.1:5"), new("http_ports", "8080")]).Build();
        Assert.Equal(["http://127.0.0.1:5"], ExposureCheck.Configured(configuration));
    }

    [Theory]
    [InlineData("127.0.0.1", false, true)]
    [InlineData("::ffff:127.0.0.1", false, true)]
    [InlineData("192.168.1.4", false, false)]
    [InlineData("192.168.1.4", true, true)]
    [InlineData(null, false, true)]
    public void Without_keys_a_request_is_answered_only_where_it_came_in_by_loopback(string? local, bool allowAnonymous, bool isAnswered)
    {
        var http = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        http.Connection.LocalIpAddress = local is null ? null : IPAddress.Parse(local);
        Assert.Equal(isAnswered, new ApiKeyCheck(new SiskinServerOptions { AllowAnonymous = allowAnonymous }).Refuses(http) is null);
    }

    [Fact]
    public async Task An_address_added_by_code_is_found_too()
    {
        await using var app = Build(new SiskinServerOptions(), ("urls", "http://127.0.0.1:0"));
        app.Urls.Add("http://0.0.0.0:0");
        await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());
    }

    [Theory]
    [InlineData("http://127.0.0.1:0", false, false)]
    [InlineData("http://0.0.0.0:0", true, false)]
    [InlineData("http://0.0.0.0:0", false, true)]
    public async Task A_server_on_loopback_with_a_key_or_with_permission_starts(string url, bool hasKey, bool allowAnonymous)
    {
        await using var app = Build(new SiskinServerOptions { ApiKeys = hasKey ? [Key] : [], AllowAnonymous = allowAnonymous }, ("urls", url));
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var client = new HttpClient();
        using var response = await client.GetAsync(address.Replace("0.0.0.0", "127.0.0.1") + "/health/live");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await app.StopAsync();
    }

    [Theory]
    [InlineData(null, null, HttpStatusCode.Unauthorized)]
    [InlineData("X-API-Key", Key, HttpStatusCode.OK)]
    [InlineData("X-API-Key", OtherKey, HttpStatusCode.OK)]
    [InlineData("X-API-Key", "0123456789abcdeF", HttpStatusCode.Unauthorized)]
    [InlineData("X-API-Key", "", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "Bearer " + Key, HttpStatusCode.OK)]
    [InlineData("Authorization", "bearer " + Key, HttpStatusCode.OK)]
    [InlineData("Authorization", "Basic " + Key, HttpStatusCode.Unauthorized)]
    public async Task A_key_is_needed_when_some_are_configured(string? header, string? value, HttpStatusCode expected)
    {
        await using var server = await ServerFixture.StartAsync(new SiskinServerOptions { ApiKeys = [Key, OtherKey] });
        foreach (var path in new[] { "/v1/items", "/v1/scenes", "/metrics", "/openapi/v1.json" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (header is not null)
            {
                request.Headers.TryAddWithoutValidation(header, value);
            }

            using var response = await server.Client.SendAsync(request);
            Assert.Equal(expected, response.StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/health/live")).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/health/ready")).Status);
    }

    [Fact]
    public void Options_report_every_error_at_once_and_never_a_key()
    {
        var options = new SiskinServerOptions { MaxBodyBytes = 1, MaxBatch = 0, MaxConnections = 0, KeepAlive = TimeSpan.Zero, ApiKeys = ["short", "with a space inside it"] };
        var e = Assert.Throws<OptionsValidationException>(() => new ServiceCollection().AddSiskin(options));
        Assert.Equal(6, e.Failures.Count());
        Assert.DoesNotContain("short", e.Message);
        Assert.Empty(new SiskinServerOptions().Validate());
    }

    [Fact]
    public async Task The_server_is_ready_only_when_the_engine_is()
    {
        await using var server = await ServerFixture.StartAsync();
        server.Engine.IsReady = false;
        var (status, body) = await server.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("notReady", body.GetProperty("code").GetString());
        server.Engine.IsReady = true;
        Assert.Equal("""{"status":"ready","release":7}""", (await server.GetAsync("/health/ready")).Body.GetRawText());
    }

    [Fact]
    public async Task Other_methods_and_paths_are_answered_with_problems()
    {
        await using var server = await ServerFixture.StartAsync();
        using var refused = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/v1/events"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, refused.StatusCode);
        Assert.Equal(["POST", "OPTIONS"], refused.Content.Headers.Allow);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        using var options = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Options, "/v1/items/a"));
        Assert.Equal(HttpStatusCode.NoContent, options.StatusCode);
        Assert.Equal(["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"], options.Content.Headers.Allow);
        using var head = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/v1/schema"));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        foreach (var path in new[] { "/v1", "/v1/nothing", "/v3", "/", "/health/x" })
        {
            Assert.Equal("notFound", (await server.GetAsync(path)).Body.GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task Metrics_have_the_form_that_Prometheus_reads()
    {
        await using var server = await ServerFixture.StartAsync();
        await server.PostAsync("/v1/events", """[{"id":"e","type":"view","user":"u","item":"a"},{"id":"e","type":"view","user":"u","item":"a"}]""");
        await server.GetAsync("/v1/recommend/home?explain");
        await server.GetAsync("/v1/recommend/attic");
        using var response = await server.Client.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        var text = await response.Content.ReadAsStringAsync();
        Assert.Contains("\nsiskin_events_accepted_total 1\n", text);
        Assert.Contains("\nsiskin_events_duplicate_total 1\n", text);
        Assert.Contains("\nsiskin_release 7\n", text);
        Assert.Contains("siskin_http_requests_total{route=\"/v1/recommend/{scene}\",method=\"GET\",status=\"404\"} 1\n", text);
        Assert.Contains("siskin_http_request_duration_seconds_count{route=\"/v1/recommend/{scene}\"} 2\n", text);
        Assert.Contains("siskin_degradations_total{reason=\"channelLate\",source=\"embedding\"} 1\n", text);
        Assert.Contains("siskin_stage_duration_seconds_bucket{stage=\"recall\",le=\"0.0005\"} 0\n", text);
        Assert.Contains("siskin_stage_duration_seconds_bucket{stage=\"recall\",le=\"0.001\"} 1\n", text);
        Assert.Contains("siskin_stage_duration_seconds_bucket{stage=\"recall\",le=\"+Inf\"} 1\n", text);
        Assert.Contains("siskin_stage_duration_seconds_sum{stage=\"recall\"} 0.00075\n", text);
        CheckForm(text);
    }

    // Every line is HELP, TYPE or a sample; the samples of a metric follow its TYPE, and no metric comes twice.
    private static void CheckForm(string text)
    {
        var metrics = new HashSet<string>();
        var current = string.Empty;
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                current = line.Split(' ')[2];
                Assert.True(metrics.Add(current), line);
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Assert.Equal(current, line.Split(' ')[2]);
                Assert.Contains(line.Split(' ')[3], new[] { "counter", "gauge", "histogram" });
            }
            else
            {
                Assert.Matches(Sample(), line);
                Assert.StartsWith(current, line);
            }
        }
    }

    [GeneratedRegex("""^[a-z_]+(\{[a-z]+="([^"\\]|\\["\\n])*"(,[a-z]+="([^"\\]|\\["\\n])*")*\})? (-?[0-9.eE+-]+|[+-]Inf|NaN)$""")]
    private static partial Regex Sample();

    private static WebApplication Build(SiskinServerOptions options, (string Name, string Value) setting)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new(setting.Name, setting.Value)]);
        ServerFixture.AddFakes(builder.Services);
        builder.Services.AddSiskin(options).AddSiskinKestrelLimits(options);
        var app = builder.Build();
        app.MapSiskin();
        return app;
    }
}
