using System.Text.Json;
using Siskin.Cli.Output;
using Siskin.Data.Catalogue;
using Siskin.Data.Events;
using Siskin.Inference.Registry;
using Siskin.Server.Hosting;
using Siskin.Serving.Releases;
using Siskin.Serving.Scenes;
using Siskin.Storage.EventLog;
using Siskin.Storage.Sqlite;

namespace Siskin.Cli.Homes;

/// <summary>The folder in which one deployment keeps everything.</summary>
/// <remarks>
/// <list type="table">
/// <item><term><c>catalogue.db</c></term><description>items, users and the schema (SQLite; <c>-wal</c> and <c>-shm</c> beside it while open)</description></item>
/// <item><term><c>events/</c></term><description>the event log; one process writes, others read</description></item>
/// <item><term><c>releases/</c></term><description>one numbered folder for each training</description></item>
/// <item><term><c>models/</c></term><description>models of the registry: <c>NAME/VERSION/…</c></description></item>
/// <item><term><c>control.db</c></term><description>what was decided about models (SQLite)</description></item>
/// <item><term><c>scenes.json</c></term><description>optional: <c>[{"name", "description", "parameters": {…}}]</c>, beside or instead of the built-in scenes</description></item>
/// <item><term><c>dataset.json</c></term><description>what was imported: <see cref="HomeDescription"/></description></item>
/// </list>
/// </remarks>
internal sealed class SiskinHome(string directory)
{
    public const string DefaultDirectory = "siskin-data";

    private static readonly string[] Entries =
        ["catalogue.db", "catalogue.db-wal", "catalogue.db-shm", "events", "releases", "models", "control.db", "control.db-wal", "control.db-shm", "scenes.json", "dataset.json"];

    public string Directory { get; } = Path.GetFullPath(directory);

    public string CataloguePath => At("catalogue.db");

    public string EventsPath => At("events");

    public string ControlPath => At("control.db");

    public string ModelsPath => At("models");

    public string ScenesPath => At("scenes.json");

    public string DescriptionPath => At("dataset.json");

    public ReleaseStore Releases => new(At("releases"));

    /// <summary>Opens the registry of models; closing the control store ends it.</summary>
    public (ModelRegistry Registry, SqliteControlStore Control) OpenModels()
    {
        System.IO.Directory.CreateDirectory(Directory);
        var control = SqliteControlStore.Open(ControlPath);
        return (new ModelRegistry(ModelsPath, control, new ModelLoader(ServableLoaders.All())), control);
    }

    /// <summary>Whether something has been imported or posted.</summary>
    public bool HasData => File.Exists(CataloguePath);

    /// <summary>What was imported; empty where nothing was.</summary>
    /// <exception cref="CliException">The file is not of the form expected.</exception>
    public HomeDescription ReadDescription() => ReadJson(DescriptionPath, JsonText.Context.HomeDescription) ?? new HomeDescription();

    /// <summary>Replaces the description; written beside and renamed, so that it is never seen half.</summary>
    public void WriteDescription(HomeDescription description)
    {
        System.IO.Directory.CreateDirectory(Directory);
        var partial = DescriptionPath + ".partial";
        File.WriteAllText(partial, JsonSerializer.Serialize(description, JsonText.Context.HomeDescription));
        File.Move(partial, DescriptionPath, overwrite: true);
    }

    /// <summary>Scenes of the deployment; empty without <c>scenes.json</c>.</summary>
    /// <exception cref="InvalidDataException">The file is not of the form expected.</exception>
    public IReadOnlyList<SceneDefinition> ReadScenes() => SceneFile.Read(ScenesPath);

    /// <summary>Opens catalogue and log for writing; makes the home when it is missing.</summary>
    /// <exception cref="IOException">Another process writes to the home.</exception>
    public (SqliteCatalogue Catalogue, LocalEventLog Log) OpenForWriting()
    {
        System.IO.Directory.CreateDirectory(Directory);
        LocalEventLog log;
        try
        {
            log = LocalEventLog.Open(EventsPath);
        }
        catch (IOException e) when (e.Message.Contains("in use", StringComparison.Ordinal))
        {
            throw new CliException($"the home '{Directory}' is in use by a running server or another import; stop it, or post to the server instead", ExitCodes.Failure, e);
        }

        // The log first: its lock says whether anybody else writes here.
        return (SqliteCatalogue.Open(CataloguePath), log);
    }

    /// <summary>Opens catalogue and log for reading, beside a process that may write; empty ones where a release is all there is.</summary>
    /// <exception cref="CliException">The home holds nothing.</exception>
    public (ICatalogue Catalogue, IEventLog Log) OpenForReading()
    {
        if (!HasData && Releases.Newest == 0)
        {
            throw new CliException($"there is nothing at '{Directory}': import data first, for example with: siskin import DATASET --home {Directory}");
        }

        ICatalogue catalogue = HasData ? SqliteCatalogue.Open(CataloguePath) : new InMemoryCatalogue();
        IEventLog log = System.IO.Directory.Exists(EventsPath) ? LocalEventLog.OpenReader(EventsPath) : new InMemoryEventLog();
        return (catalogue, log);
    }

    /// <summary>Empties the folder for a demo.</summary>
    /// <exception cref="CliException">It holds something that is not a demo's, or is in use.</exception>
    public void Recreate()
    {
        if (!System.IO.Directory.Exists(Directory))
        {
            return;
        }

        var foreign = System.IO.Directory.EnumerateFileSystemEntries(Directory).Select(Path.GetFileName).FirstOrDefault(name => !Entries.Contains(name));
        var isEmpty = !System.IO.Directory.EnumerateFileSystemEntries(Directory).Any();
        if (!isEmpty && (foreign is not null || !ReadDescription().IsDemo))
        {
            throw new CliException($"'{Directory}' holds something that is not a demo's{(foreign is null ? string.Empty : $" ({foreign})")}; give another folder with --home");
        }

        CheckUnused();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private void CheckUnused()
    {
        var path = Path.Combine(EventsPath, "lock");
        try
        {
            using var file = File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None) : null;
        }
        catch (IOException e)
        {
            throw new CliException($"the home '{Directory}' is in use by a running server; stop it, or give another folder with --home", ExitCodes.Failure, e);
        }
    }

    private static T? ReadJson<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), type)
                ?? throw new CliException($"{path}: is null");
        }
        catch (JsonException e)
        {
            throw new CliException($"{path}: {e.Message}", ExitCodes.Failure, e);
        }
    }

    private string At(string name) => Path.Combine(Directory, name);
}
