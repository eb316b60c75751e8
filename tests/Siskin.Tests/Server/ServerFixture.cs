using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Siskin.Data.Catalogue;
using Siskin.Data.Events;
using Siskin.Inference.Registry;
using Siskin.Server.Api;
using Siskin.Server.Hosting;

namespace Siskin.Tests.Server;

/// <summary>The API in this process, over stores in memory and a pipeline that is not one.</summary>
internal sealed class ServerFixture : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServerFixture(WebApplication app, HttpClient client)
    {
        _app = app;
        Catalogue = (FakeCatalogue)app.Services.GetRequiredService<ICatalogue>();
        Events = (FakeEventLog)app.Services.GetRequiredService<IEventLog>();
        Engine = (FakeEngine)app.Services.GetRequiredService<IServingEngine>();
        Client = client;
    }

    public FakeCatalogue Catalogue { get; }

    public FakeEventLog Events { get; }

    public FakeEngine Engine { get; }

    public HttpClient Client { get; }

    /// <summary>Every method and pattern that is mapped, but for HEAD, OPTIONS and refusals.</summary>
    public IEnumerable<string> MappedRoutes => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Select(m => $"{m} {e.RoutePattern.RawText}"))
        .Where(r => !r.StartsWith("HEAD", StringComparison.Ordinal)).Distinct();

    /// <summary>Starts the server.</summary>
    /// <param name="options">Limits and keys.</param>
    /// <param name="overSockets">Whether requests travel through Kestrel on a free port; otherwise they stay in memory.</param>
    /// <param name="models">Models beside; none when null.</param>
    public static async Task<ServerFixture> StartAsync(SiskinServerOptions? options = null, bool overSockets = false, IModelServer? models = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        if (overSockets)
        {
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddSiskinKestrelLimits(options);
        }
        else
        {
            builder.WebHost.UseTestServer();
        }

        builder.Logging.ClearProviders();
        AddFakes(builder.Services);
        if (models is not null)
        {
            builder.Services.AddSingleton(models);
        }

        builder.Services.AddSiskin(options);
        var app = builder.Build();
        app.MapSiskin();
        app.MapSiskinFallback();
        await app.StartAsync();
        var client = overSockets ? new HttpClient { BaseAddress = new Uri(app.Urls.Single()) } : app.GetTestClient();
        return new ServerFixture(app, client);
    }

    /// <summary>Adds stores in memory and a pipeline that is not one.</summary>
    public static void AddFakes(IServiceCollection services)
    {
        var catalogue = new FakeCatalogue();
        services.AddSingleton<ICatalogue>(catalogue);
        services.AddSingleton<IEventLog, FakeEventLog>();
        services.AddSingleton<IServingEngine>(new FakeEngine(catalogue));
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(
        HttpMethod method, string path, string? json = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    public Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, string json, string type = "application/json") =>
        SendAsync(HttpMethod.Post, path, json, type);

    /// <summary>Posts what must be refused, and gives the message for a field.</summary>
    public async Task<string> RefusedAsync(string path, string json, string field)
    {
        var (status, body) = await PostAsync(path, json);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("invalidRequest", body.GetProperty("code").GetString());
        var errors = body.GetProperty("errors").EnumerateArray().ToDictionary(e => e.GetProperty("field").GetString()!, e => e.GetProperty("message").GetString()!);
        Assert.True(errors.ContainsKey(field), $"{field} is not among {string.Join(", ", errors)}");
        return errors[field];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
