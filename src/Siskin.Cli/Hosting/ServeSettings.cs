using Siskin.Cli.Homes;
using Siskin.Serving.Scenes;

namespace Siskin.Cli.Hosting;

/// <summary>How to serve a home.</summary>
internal sealed record ServeSettings
{
    /// <summary>What is served; made when it is missing.</summary>
    public required SiskinHome Home { get; init; }

    /// <summary>Addresses to listen on.</summary>
    public required IReadOnlyList<string> Urls { get; init; }

    /// <summary>Keys of which requests must carry one; without any, requests need none.</summary>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary>Whether a server without keys may be reached from other machines.</summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>Scenes beside, or instead of, those built in.</summary>
    public IReadOnlyList<SceneDefinition> Scenes { get; init; } = [];

    /// <summary>The clock of the server.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How the server trains anew; null when it does not.</summary>
    public Retraining? Retraining { get; init; }

    /// <summary>Called once, when the server is ready, with the addresses that it listens on.</summary>
    public Action<IReadOnlyList<string>>? OnReady { get; init; }
}
