using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;
using Siskin.Server.Hosting;
using Siskin.Tests.Storage;

namespace Siskin.Tests.Server;

/// <summary>The API over the pipeline itself and stores in a folder.</summary>
public sealed class PostedVectorTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddSiskin();
        builder.Services.AddSiskinRuntime(new SiskinRuntimeOptions
        {
            CatalogueFile = _folder.File("catalogue.db"),
            EventsFolder = _folder.File("events"),
            ReleasesFolder = _folder.File("releases"),
            ControlFile = _folder.File("control.db"),
            ModelsFolder = _folder.File("models"),
        });
        _app = builder.Build();
        _app.MapSiskin();
        await _app.StartAsync();
        _client = _app.GetTestClient();
        while ((await _client.GetAsync("/health/ready")).StatusCode != HttpStatusCode.OK)
        {
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_item_posted_with_a_vector_is_recommended_by_the_next_request_and_a_deleted_one_no_more()
    {
        await SendAsync(HttpMethod.Put, "/v1/schema", """{"vectorDimension":3}""");
        await SendAsync(HttpMethod.Post, "/v1/items", """[{"id":"tea","vector":[1,0.1,0]},{"id":"pot","vector":[1,0.3,0]},{"id":"bike","vector":[0,0,1]}]""");
        await SendAsync(HttpMethod.Post, "/v1/events", """[{"id":"e1","type":"view","user":"ann","item":"tea"}]""");
        Assert.Equal("pot bike", await ListAsync());

        await SendAsync(HttpMethod.Post, "/v1/items", """[{"id":"cup","vector":[1,0.15,0]}]""");
        Assert.Equal("cup pot bike", await ListAsync());
        Assert.Equal("tea pot", await ListAsync("/v1/items/cup/similar?count=2"));

        await SendAsync(HttpMethod.Post, "/v1/items", """[{"id":"bike","vector":[1,0.1,0.01]}]""");
        Assert.Equal("bike cup pot", await ListAsync());
        await SendAsync(HttpMethod.Delete, "/v1/items/cup");
        Assert.Equal("bike pot", await ListAsync());
        await SendAsync(HttpMethod.Patch, "/v1/items/bike", """{"vector":null}""");
        Assert.Equal("pot", await ListAsync());
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    /// <summary>What the embedding channel alone recommends.</summary>
    private async Task<string> ListAsync(string? path = null)
    {
        var others = new[] { "popular", "trending", "newest", "segment", "top-rated-by-tag", "liked-tag", "item-to-item", "friends" };
        path ??= "/v1/recommend/home?user=ann&param.deadlineMs=60000&param.reRank.diversity=0" + string.Concat(others.Select(c => $"&param.recall.{c}.quota=0"));
        var items = (await SendAsync(HttpMethod.Get, path)).GetProperty("items");
        return string.Join(' ', items.EnumerateArray().Select(i => i.GetProperty("item").GetString()));
    }
}
