using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets;
using Siskin.Data.Datasets.Synthetic;
using Siskin.Data.Events;
using Siskin.Models.Factorization;
using Siskin.Nearline.Streams;
using Siskin.Offline.Jobs;
using Siskin.Server.Hosting;
using Siskin.Serving.Releases;
using Siskin.Storage.EventLog;
using Siskin.Storage.Sqlite;
using Siskin.SystemTests.Processes;
using Siskin.Tests.Server;

namespace Siskin.SystemTests.Api;

/// <summary>Whatever is sent to a server over its real stores and pipeline, it answers sensibly and stores only what it said it stored.</summary>
public sealed class MutationTests : IDisposable
{
    private const int Rounds = 10_000;
    private const int ParameterRounds = 1_500;

    private readonly TemporaryHome _home = new();

    [Fact]
    public async Task No_mutation_of_a_request_brings_a_server_error_from_the_real_runtime()
    {
        var (user, item) = await TrainAsync();
        await using var app = await StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await app.Services.GetRequiredService<LiveUpdater>().WaitUntilReadyAsync();
        var events = new CountingSink();
        await app.Services.GetRequiredService<IEventLog>().AttachAsync(events);
        var catalogue = app.Services.GetRequiredService<ICatalogue>();

        var mutator = new RequestMutator(
            new Random(20261123),
            ("GET", $"/v1/recommend/home?user={user}&count=7&explain=true", null),
            ("GET", $"/v1/recommend/similar?item={item}&user={user}", null),
            ("GET", $"/v1/items/{item}/similar?count=5", null),
            ("POST", "/v1/recommend/home", $$$"""{"user":"{{{user}}}","count":1000,"recentItems":["{{{item}}}"],"filter":{"noItems":["{{{item}}}"],"minPrice":0},"parameters":{"filter.seen":false,"count":3},"explain":true}"""),
            ("POST", "/v1/events", $$"""[{"id":"m1","type":"like","user":"{{user}}","item":"{{item}}"},{"id":"m2","type":"dislike","user":"{{user}}","item":"a"}]"""),
            ("PATCH", $"/v1/items/{item}", """{"isAvailable":false,"title":"x"}"""),
            ("DELETE", $"/v1/items/{item}", null));
        await MutationRun.RunAsync(client, async () => (events.Count, await catalogue.GetVersionAsync()), mutator, Rounds);
    }

    [Fact]
    public async Task Every_scene_parameter_takes_its_extremes_and_refuses_what_lies_beyond()
    {
        var (user, item) = await TrainAsync();
        await using var app = await StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await app.Services.GetRequiredService<LiveUpdater>().WaitUntilReadyAsync();
        var declared = await client.GetFromJsonAsync<JsonElement>("/v1/scenes");
        var scenes = declared.GetProperty("scenes").EnumerateArray().Select(s => s.GetProperty("name").GetString()!).ToArray();
        var parameters = declared.GetProperty("parameters").EnumerateArray().ToArray();
        var random = new Random(7);
        var (answered, refused) = (0, 0);
        for (var round = 0; round < ParameterRounds; round++)
        {
            var path = $"/v1/recommend/{scenes[random.Next(scenes.Length)]}?item={item}";
            path += random.Next(3) switch { 0 => $"&user={user}", 1 => "&user=nobody", _ => string.Empty };
            path += random.Next(2) == 0 ? "&explain=true" : string.Empty;
            foreach (var parameter in random.GetItems(parameters, random.Next(1, 6)).DistinctBy(p => p.GetProperty("name").GetString()))
            {
                path += $"&param.{parameter.GetProperty("name").GetString()}={Uri.EscapeDataString(Value(parameter, random))}";
            }

            using var response = await client.GetAsync(path);
            var text = await response.Content.ReadAsStringAsync();
            Assert.True((int)response.StatusCode is 200 or 400, $"{path} → {response.StatusCode} {text}");
            if (response.IsSuccessStatusCode)
            {
                answered++;
                // Any name may be a model's; one that is not there is told, and the release's own model ranks.
                var known = text.Replace("\"reason\":\"stageFailed\",\"source\":\"rank\",\"detail\":\"there is no model", string.Empty, StringComparison.Ordinal);
                Assert.DoesNotContain("Failed\"", known, StringComparison.Ordinal);
            }
            else
            {
                refused++;
                Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
                Assert.StartsWith("parameters.", JsonElement.Parse(text).GetProperty("errors")[0].GetProperty("field").GetString(), StringComparison.Ordinal);
            }
        }

        Assert.True(answered > ParameterRounds / 5 && refused > ParameterRounds / 20, $"{answered} answered, {refused} refused");
    }

    public void Dispose() => _home.Dispose();

    private static string Value(JsonElement parameter, Random random)
    {
        if (random.Next(20) == 0)
        {
            return random.GetItems(["", "NaN", "1e400", "-1", "x", "99999999999999", "1,2", "null"], 1)[0];
        }

        if (parameter.TryGetProperty("choices", out var choices))
        {
            return choices[random.Next(choices.GetArrayLength())].GetString()!;
        }

        return parameter.TryGetProperty("min", out var min)
            ? random.Next(3) switch { 0 => min.GetRawText(), 1 => parameter.GetProperty("max").GetRawText(), _ => parameter.GetProperty("default").GetString()! }
            : parameter.GetProperty("kind").GetString() == "boolean" ? (random.Next(2) == 0 ? "true" : "false") : parameter.GetProperty("default").GetString()!;
    }

    /// <summary>Fills the home with a small world and trains a release on it.</summary>
    /// <returns>A user with history, and an item of it.</returns>
    private async Task<(string User, string Item)> TrainAsync()
    {
        await using var catalogue = SqliteCatalogue.Open(CatalogueFile);
        await using var log = LocalEventLog.Open(_home.Events);
        await new DatasetImporter(catalogue, log).ImportAsync(new SyntheticWorld(new SyntheticWorldOptions { Users = 120, Items = 80, Events = 2_000 }));
        var settings = new TrainingSettings { Als = new ImplicitAlsOptions { Dimensions = 8, Epochs = 2 } };
        new ReleaseStore(_home.Releases).Write(await TrainJob.TrainAsync(await TrainingData.ReadAsync(catalogue, log), settings, TuningEffort.None));
        var first = (await _home.ReadEventsAsync())[0].Events[0];
        return (first.User, first.Item);
    }

    private async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSiskin().AddSiskinKestrelLimits();
        builder.Services.AddSiskinRuntime(new SiskinRuntimeOptions { CatalogueFile = CatalogueFile, EventsFolder = _home.Events, ReleasesFolder = _home.Releases, ControlFile = Path.Combine(_home.Directory, "control.db"), ModelsFolder = Path.Combine(_home.Directory, "models") });
        var app = builder.Build();
        app.MapSiskin();
        app.MapSiskinFallback();
        await app.StartAsync();
        return app;
    }

    private string CatalogueFile => Path.Combine(_home.Directory, "catalogue.db");

    private sealed class CountingSink : IEventSink
    {
        private long _count;

        public long Count => Interlocked.Read(ref _count);

        public void OnAppended(EventBatch batch) => Interlocked.Add(ref _count, batch.Events.Count);
    }
}
