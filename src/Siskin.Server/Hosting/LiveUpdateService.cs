using Microsoft.Extensions.Hosting;
using Siskin.Inference.Registry;
using Siskin.Nearline.Streams;

namespace Siskin.Server.Hosting;

/// <summary>Loads the models and starts the live updates beside the listening server, which answers "not ready" until they have caught up.</summary>
internal sealed class LiveUpdateService(ModelServer models, LiveUpdater updater) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await models.StartAsync(stoppingToken);
        await updater.StartAsync(stoppingToken);
    }
}
