using Siskin.Data.Catalogue;
using Siskin.Data.Events;
using Siskin.Nearline.Streams;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;
using Siskin.Vectors;

namespace Siskin.Cli.Homes;

/// <summary>A home's newest release with everything that happened since: what a server started now would answer from.</summary>
internal sealed class LiveHome : IAsyncDisposable
{
    private readonly ICatalogue _catalogue;
    private readonly IEventLog _log;
    private readonly LiveUpdater _updater;
    private readonly List<Event> _since = [];
    private readonly SnapshotHolder _snapshots;

    private LiveHome(SiskinHome home)
    {
        var users = new UserDirectory();
        (_catalogue, var log) = home.OpenForReading();
        _log = new ObservedEventLog(log, _since.Add);
        _snapshots = new SnapshotHolder(new ServingSnapshot(Serving.Releases.Release.Empty, users));
        _updater = new LiveUpdater(_snapshots, users, _catalogue, _log, home.Releases);
        Recommender = new Recommender(_snapshots, new RecommenderOptions { Scenes = home.ReadScenes() });
    }

    public Recommender Recommender { get; }

    public Release Release => _snapshots.Current.Release;

    /// <summary>Events that the release has not learned from, in the order of the log.</summary>
    public IReadOnlyList<Event> EventsSince => _since;

    /// <summary>Loads a home.</summary>
    /// <exception cref="CliException">The home has no release that can be read.</exception>
    public static async Task<LiveHome> OpenAsync(SiskinHome home, CliConsole console, CancellationToken cancellationToken)
    {
        var newest = home.Releases.Newest;
        if (newest == 0)
        {
            throw new CliException(home.HasData
                ? $"the home '{home.Directory}' has no release yet; make one with: siskin train --home {home.Directory}"
                : $"there is nothing at '{home.Directory}': import data first, for example with: siskin import DATASET --home {home.Directory}");
        }

        var live = new LiveHome(home);
        try
        {
            await live._updater.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentOutOfRangeException e)
        {
            await live.DisposeAsync().ConfigureAwait(false);
            throw new CliException($"release {newest} learned from another event log than the one of '{home.Directory}'; train again", ExitCodes.Failure, e);
        }
        catch
        {
            await live.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var number = live.Release.Manifest.Number;
        if (number < newest)
        {
            try
            {
                // Says what is wrong with it.
                home.Releases.Read(newest);
            }
            catch (ModelFormatException e) when (number > 0)
            {
                await console.Error.WriteLineAsync($"siskin: release {newest} cannot be read, release {number} is used: {e.Message}").ConfigureAwait(false);
            }
            catch
            {
                await live.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }

        return live;
    }

    /// <summary>Ids of all users that are known: those of the release, of the catalogue, and of events since.</summary>
    public async Task<IReadOnlyList<string>> UserIdsAsync(CancellationToken cancellationToken)
    {
        var ids = new List<string>(Release.Users.Ids);
        var known = new HashSet<string>(ids, StringComparer.Ordinal);
        string? cursor = null;
        do
        {
            var page = await _catalogue.ListUsersAsync(cursor, CatalogueCursor.MaxLimit, cancellationToken).ConfigureAwait(false);
            ids.AddRange(page.Values.Select(user => user.Id).Where(known.Add));
            cursor = page.Cursor;
        }
        while (cursor is not null);
        ids.AddRange(_since.Select(e => e.User).Where(known.Add));
        return ids;
    }

    /// <summary>Title of an item; null when it has none or is not known.</summary>
    public async ValueTask<string?> TitleAsync(string id, CancellationToken cancellationToken) =>
        (await _catalogue.GetItemAsync(id, cancellationToken).ConfigureAwait(false) ?? Release.Items.FirstOrDefault(item => item.Id == id))?.Title;

    public async ValueTask DisposeAsync()
    {
        await _updater.DisposeAsync().ConfigureAwait(false);
        await _log.DisposeAsync().ConfigureAwait(false);
        await _catalogue.DisposeAsync().ConfigureAwait(false);
    }
}
