using Siskin.Serving.Scenes;

namespace Siskin.Server.Hosting;

/// <summary>Where a server keeps its state, and what it serves beside what is built in.</summary>
public sealed record SiskinRuntimeOptions
{
    /// <summary>SQLite file of the catalogue; made when it is missing.</summary>
    public required string CatalogueFile { get; init; }

    /// <summary>Folder of the event log; made when it is missing.</summary>
    public required string EventsFolder { get; init; }

    /// <summary>Folder of the releases.</summary>
    public required string ReleasesFolder { get; init; }

    /// <summary>SQLite file of the control store; made when it is missing.</summary>
    public required string ControlFile { get; init; }

    /// <summary>Folder of the models, <c>NAME/VERSION/…</c>.</summary>
    public required string ModelsFolder { get; init; }

    /// <summary>Scenes beside, or instead of, those built in.</summary>
    public IReadOnlyList<SceneDefinition> Scenes { get; init; } = [];
}
