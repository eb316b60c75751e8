using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Siskin.Data.Catalogue;
using Siskin.Data.Events;
using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;

namespace Siskin.Nearline.Streams;

/// <summary>Keeps what online reads fresh: applies events and changes of the catalogue, and swaps in newer releases.</summary>
/// <remarks>
/// All writes to snapshots go through one gate, so that there is one writer at a time; readers never wait for it.
/// State in memory is the release plus what the event log and the catalogue hold beyond it, so that a restart, however
/// sudden, ends in the same state.
/// </remarks>
public sealed partial class LiveUpdater : IEventSink, IAsyncDisposable
{
    private readonly SnapshotHolder _snapshots;
    private readonly UserDirectory _users;
    private readonly ICatalogue _catalogue;
    private readonly IEventLog _log;
    private readonly ReleaseStore _releases;
    private readonly LiveUpdaterOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Lock _lists = new();
    private readonly SemaphoreSlim _catalogueGate = new(1, 1);
    private readonly SemaphoreSlim _releaseGate = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CatalogueSchema _schema = CatalogueSchema.Default;
    private List<EventBatch>? _early = [];
    private ServingSnapshot? _next;
    private ServingSnapshot? _previous;
    private long _appliedEnd;
    private long _itemVersion;
    private long _userVersion;
    private Task _loops = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>Composes an updater; nothing happens before <see cref="StartAsync"/>.</summary>
    public LiveUpdater(
        SnapshotHolder snapshots,
        UserDirectory users,
        ICatalogue catalogue,
        IEventLog log,
        ReleaseStore releases,
        LiveUpdaterOptions? options = null,
        TimeProvider? time = null,
        ILogger<LiveUpdater>? logger = null)
    {
        _snapshots = snapshots;
        _users = users;
        _catalogue = catalogue;
        _log = log;
        _releases = releases;
        _options = options ?? new LiveUpdaterOptions();
        _time = time ?? TimeProvider.System;
        _logger = logger ?? (ILogger)NullLogger.Instance;
    }

    /// <summary>Whether start-up is over: the newest readable release is served with everything that happened since.</summary>
    public bool IsReady => _ready.Task.IsCompletedSuccessfully;

    /// <summary>Number of the release in force; 0 before the first training.</summary>
    public int Release => _snapshots.Current.Release.Manifest.Number;

    /// <summary>Waits until start-up is over.</summary>
    /// <exception cref="Exception">What start-up failed with.</exception>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken = default) => _ready.Task.WaitAsync(cancellationToken);

    /// <summary>Loads the newest release that can be read, applies what happened since, and starts following.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await CatchUpAtStartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _ready.TrySetException(e);
            throw;
        }

        _ready.SetResult();
        _loops = Task.WhenAll(
            LoopAsync(_options.ListPeriod, RefreshListsAsync),
            LoopAsync(_options.ReleasePeriod, PullCatalogueAsync),
            LoopAsync(_options.PinPeriod, TryLoadNewerAsync));
    }

    /// <inheritdoc/>
    public void OnAppended(EventBatch batch)
    {
        lock (_gate)
        {
            if (_early is not null)
            {
                _early.Add(batch);
                return;
            }

            Apply(batch);
        }
    }

    /// <summary>Reads what changed in the catalogue since the last time and applies it, in the order of its versions.</summary>
    /// <remarks>Whoever changed the catalogue calls it before answering, so that the answer's receiver finds the change applied.</remarks>
    public async Task PullCatalogueAsync(CancellationToken cancellationToken = default)
    {
        await _catalogueGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _schema = await _catalogue.GetSchemaAsync(cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                _snapshots.Current.Schema = _schema;
                foreach (var other in Others())
                {
                    other.Schema = _schema;
                }
            }

            var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
            await foreach (var change in _catalogue.ReadItemChangesAsync(_itemVersion, cancellationToken).ConfigureAwait(false))
            {
                lock (_gate)
                {
                    _snapshots.Current.Apply([change], nowMs);
                    foreach (var other in Others())
                    {
                        other.Apply([change], nowMs);
                    }
                }

                _itemVersion = change.Version;
            }

            await foreach (var change in _catalogue.ReadUserChangesAsync(_userVersion, cancellationToken).ConfigureAwait(false))
            {
                lock (_gate)
                {
                    _users.Apply([change]);
                }

                _userVersion = change.Version;
            }
        }
        finally
        {
            _catalogueGate.Release();
        }
    }

    /// <summary>Stops following; the snapshot in force stays.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loops.ConfigureAwait(false);
        _stop.Dispose();
        _catalogueGate.Dispose();
        _releaseGate.Dispose();
    }

    private async Task CatchUpAtStartAsync(CancellationToken cancellationToken)
    {
        _schema = await _catalogue.GetSchemaAsync(cancellationToken).ConfigureAwait(false);
        var attached = await _log.AttachAsync(this, cancellationToken).ConfigureAwait(false);
        var release = ReadAtStart() ?? Serving.Releases.Release.Empty;
        _activityFrom = release.Manifest.EventPosition;
        var snapshot = new ServingSnapshot(release, _users);
        await _catalogueGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // A server that listens already may be pulling changes: they are read again, from the release's version on.
            _snapshots.Swap(snapshot);
            _itemVersion = release.Manifest.CatalogueVersion;
        }
        finally
        {
            _catalogueGate.Release();
        }

        await PullCatalogueAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var batch in _log.ReadAsync(release.Manifest.EventPosition, cancellationToken).ConfigureAwait(false))
        {
            if (batch.Start >= attached)
            {
                break;
            }

            lock (_gate)
            {
                Apply(batch);
            }
        }

        lock (_gate)
        {
            foreach (var batch in _early!)
            {
                Apply(batch);
            }

            _early = null;
            _appliedEnd = Math.Max(_appliedEnd, attached);
            snapshot.RefreshLists();
        }

        if (_options.WarmUp is { } warmUp)
        {
            await warmUp(cancellationToken).ConfigureAwait(false);
        }

        LogReady(release.Manifest.Number, snapshot.ItemCount, _appliedEnd - release.Manifest.EventPosition);
    }

    /// <summary>What is kept up to date beside the snapshot in force: the one that is being made ready, and the one to go back to.</summary>
    /// <remarks>Under the gate only.</remarks>
    private IEnumerable<ServingSnapshot> Others()
    {
        if (_next is { } next)
        {
            yield return next;
        }

        if (_previous is { } previous)
        {
            yield return previous;
        }
    }

    private void Apply(EventBatch batch)
    {
        Count(_snapshots.Current, batch);
        foreach (var other in Others())
        {
            Count(other, batch);
        }

        Remember(batch, _users);
        _appliedEnd = batch.End;
    }

    private void Remember(EventBatch batch, UserDirectory users)
    {
        foreach (var e in batch.Events)
        {
            if (EventValidator.FindType(_schema, e.Type) is { } type && (type.Weight != 0 || type.IsConsumption))
            {
                var flags = EventMeaning.FlagsOf(type, e.Value);
                users.Add(e.User, ItemKey.Of(e.Item), e.Time.ToUnixTimeMilliseconds(), batch.Start, (float)Math.Max(0, type.Weight), flags);
            }
        }
    }

    private void Count(ServingSnapshot snapshot, EventBatch batch)
    {
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        if (batch.Start < snapshot.Release.Manifest.EventPosition)
        {
            // A trainer beside this process may read a batch before this process is told of it.
            return;
        }

        foreach (var e in batch.Events)
        {
            if (EventValidator.FindType(_schema, e.Type) is { } type)
            {
                snapshot.Count(e, type, nowMs);
            }
        }
    }

    private Task RefreshListsAsync(CancellationToken cancellationToken)
    {
        lock (_lists)
        {
            _snapshots.Current.RefreshLists();
        }

        return Task.CompletedTask;
    }

    private async Task LoopAsync(TimeSpan period, Func<CancellationToken, Task> step)
    {
        using var timer = new PeriodicTimer(period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                try
                {
                    await step(_stop.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (!_stop.IsCancellationRequested)
                {
                    LogStepFailed(e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    [LoggerMessage(101, LogLevel.Information, "Ready: release {Release}, {Items} items, {Bytes} bytes of events applied on top.")]
    private partial void LogReady(int release, int items, long bytes);

    [LoggerMessage(104, LogLevel.Error, "A periodic step of the live updater failed; it is tried again.")]
    private partial void LogStepFailed(Exception exception);
}
