using Microsoft.Extensions.Hosting;
using Siskin.Nearline.Streams;

namespace Siskin.Server.Hosting;

/// <summary>Starts the live updates beside the listening server, which answers "not ready" until they have caught up.</summary>
internal sealed class LiveUpdateService(LiveUpdater updater) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => updater.StartAsync(stoppingToken);
}
