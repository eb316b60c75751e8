using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets;
using Siskin.Data.Events;
using Siskin.Models.Factorization;
using Siskin.Nearline.Streams;
using Siskin.Offline.Jobs;
using Siskin.Server.Console;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Recall;
using Siskin.Serving.Releases;
using Siskin.Serving.Scenes;
using Siskin.Serving.Snapshot;

namespace Siskin.SystemTests.Console;

/// <summary>A server with nothing but the console, over a catalogue and a log in memory.</summary>
public sealed class ConsoleHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LiveUpdater _updater;
    private readonly string _folder;

    private ConsoleHost(WebApplication app, LiveUpdater updater, string folder)
    {
        _app = app;
        _updater = updater;
        _folder = folder;
    }

    public required InMemoryCatalogue Catalogue { get; init; }

    public required InMemoryEventLog Log { get; init; }

    public required Uri Address { get; init; }

    /// <summary>Starts on a free loopback port, or on the one given.</summary>
    /// <param name="source">Filled in before the start; null leaves all empty.</param>
    /// <param name="isTrained">Whether a release is trained from it.</param>
    /// <param name="prefix">Where the console is mapped.</param>
    /// <param name="port">0 for any.</param>
    /// <param name="channel">A recall channel beside those built in.</param>
    public static async Task<ConsoleHost> StartAsync(
        IDatasetSource? source, bool isTrained = true, string prefix = "", int port = 0, IRecallChannel? channel = null)
    {
        var catalogue = new InMemoryCatalogue();
        var log = new InMemoryEventLog();
        if (source is not null)
        {
            await new DatasetImporter(catalogue, log).ImportAsync(source, new DatasetImportOptions { IsStrict = true });
        }

        var folder = Directory.CreateTempSubdirectory("siskin-console-").FullName;
        var releases = new ReleaseStore(folder);
        if (isTrained)
        {
            var settings = new TrainingSettings { Als = new ImplicitAlsOptions { Dimensions = 16, Epochs = 5 } };
            releases.Write(await TrainJob.TrainAsync(await TrainingData.ReadAsync(catalogue, log), settings, TuningEffort.None));
        }

        var users = new UserDirectory();
        var snapshots = new SnapshotHolder(new ServingSnapshot(Release.Empty, users));
        var updater = new LiveUpdater(snapshots, users, catalogue, log, releases);
        await updater.StartAsync();

        // A busy machine must not change what the pages of these tests show.
        var scenes = SceneDefinition.BuiltIn.Select(s => s with { Parameters = new Dictionary<string, string>(s.Parameters) { ["deadlineMs"] = "60000" } });
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = folder });
        builder.Logging.ClearProviders();
        builder.Services
            .AddSingleton(snapshots)
            .AddSingleton(new Recommender(snapshots, new RecommenderOptions
            {
                Scenes = [.. scenes],
                Channels = channel is null ? RecallChannels.BuiltIn : [.. RecallChannels.BuiltIn, channel],
            }))
            .AddSingleton<ICatalogue>(catalogue)
            .AddSingleton<IEventLog>(log)
            .AddSiskinConsole();
        var app = builder.Build();
        app.Urls.Add($"http://127.0.0.1:{port}");
        app.MapGroup(prefix).MapSiskinConsole();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new ConsoleHost(app, updater, folder) { Address = new Uri(address + prefix), Catalogue = catalogue, Log = log };
    }

    /// <summary>Puts another schema in force.</summary>
    public async Task SetSchemaAsync(CatalogueSchema schema)
    {
        await Catalogue.SetSchemaAsync(schema);
        await _updater.PullCatalogueAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _updater.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
