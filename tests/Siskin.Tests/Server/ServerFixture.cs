using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Siskin.Data.Catalogue;
using Siskin.Data.Events;
using Siskin.Server.Api;
using Siskin.Server.Hosting;

namespace Siskin.Tests.Server;

/// <summary>The API in this process, over stores in memory and a pipeline that is not one.</summary>
internal sealed class ServerFixture : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServerFixture(WebApplication app, FakeCatalogue catalogue)
    {
        _app = app;
        Catalogue = catalogue;
        Events = (FakeEventLog)app.Services.GetRequiredService<IEventLog>();
        Engine = (FakeEngine)app.Services.GetRequiredService<IServingEngine>();
        Client = app.GetTestClient();
    }

    public FakeCatalogue Catalogue { get; }

    public FakeEventLog Events { get; }

    public FakeEngine Engine { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<ServerFixture> StartAsync(SiskinServerOptions? options = null)
    {
        var catalogue = new FakeCatalogue();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ICatalogue>(catalogue);
        builder.Services.AddSingleton<IEventLog, FakeEventLog>();
        builder.Services.AddSingleton<IServingEngine>(new FakeEngine(catalogue));
        builder.Services.AddSiskin(options);
        var app = builder.Build();
        app.MapSiskin();
        app.MapSiskinFallback();
        await app.StartAsync();
        return new ServerFixture(app, catalogue);
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
