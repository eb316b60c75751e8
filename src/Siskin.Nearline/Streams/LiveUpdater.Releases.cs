using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;
using Siskin.Vectors;

namespace Siskin.Nearline.Streams;

/// <content>Following releases: the pin, or the newest; loaded beside requests, swapped in at once, and the one before kept.</content>
public sealed partial class LiveUpdater
{
    private readonly ConcurrentDictionary<int, string> _refused = new();
    private string? _pinFault;
    private DateTimeOffset? _pinChangedAt;
    private long _activityFrom;
    private long _refusals;
    private long _swaps;

    /// <summary>Number of the release that a rollback swaps in without reading; 0 when there is none.</summary>
    public int PreviousRelease => Volatile.Read(ref _previous)?.Release.Manifest.Number ?? 0;

    /// <summary>How often a release or a pin was refused because it could not be read.</summary>
    public long Refusals => Interlocked.Read(ref _refusals);

    /// <summary>How often another release was swapped in.</summary>
    public long Swaps => Interlocked.Read(ref _swaps);

    /// <summary>What is wrong with the releases at present, in words; null when nothing is.</summary>
    public string? ReleaseFault
    {
        get
        {
            var faults = _refused.OrderBy(r => r.Key).Select(r => $"release {r.Key} was refused: {r.Value}");
            return Volatile.Read(ref _pinFault) is { } pin ? string.Join("; ", faults.Append($"the pin was refused: {pin}"))
                : _refused.IsEmpty ? null
                : string.Join("; ", faults);
        }
    }

    /// <summary>Swaps in the release that the pin names, or the newest when it is newer than the one in force; one that cannot be read is refused and logged once.</summary>
    /// <returns>Whether a release was swapped in.</returns>
    /// <remarks>
    /// Reading and making ready happen on a thread of low priority that rests; requests go on meanwhile. The release that was
    /// in force before is still in memory, kept up to date, and is swapped in without reading. When another one is wanted
    /// meanwhile, the loading ends early.
    /// </remarks>
    public async Task<bool> TryLoadNewerAsync(CancellationToken cancellationToken = default)
    {
        await _releaseGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (int wanted; (wanted = Wanted()) > 0;)
            {
                if (await TryChangeToAsync(wanted, cancellationToken).ConfigureAwait(false))
                {
                    return true;
                }
            }

            return false;
        }
        finally
        {
            _releaseGate.Release();
        }
    }

    private async Task<bool> TryChangeToAsync(int number, CancellationToken cancellationToken)
    {
        if (_previous is { } previous && previous.Release.Manifest.Number == number)
        {
            lock (_lists)
            {
                previous.RefreshLists();
            }

            Swap(previous);
            return true;
        }

        using var change = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = WatchAsync(number, change);
        try
        {
            var next = await LoadingThread.RunAsync(() => new ServingSnapshot(_releases.Read(number), _users), _options.LoadShare, change.Token).ConfigureAwait(false);
            await PrepareAsync(next, change.Token).ConfigureAwait(false);
            Swap(next);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogOvertaken(number);
            return false;
        }
        catch (Exception e) when (e is not (OperationCanceledException or IOException))
        {
            Refuse(number, e);
            return false;
        }
        finally
        {
            await change.CancelAsync().ConfigureAwait(false);
            await watch.ConfigureAwait(false);
        }
    }

    /// <summary>Ends a loading when the pin meanwhile asks for another release: a rollback shall not wait for what it rolls back.</summary>
    private async Task WatchAsync(int number, CancellationTokenSource change)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_options.PinPeriod, _time, change.Token).ConfigureAwait(false);
                if (Wanted() != number)
                {
                    await change.CancelAsync().ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The loading is over.
        }
    }

    /// <summary>Number of the release to change to; 0 for none.</summary>
    private int Wanted()
    {
        ReleasePin? pin;
        try
        {
            pin = _releases.ReadPin();
            Volatile.Write(ref _pinFault, null);
        }
        catch (Exception e) when (e is ModelFormatException or IOException or UnauthorizedAccessException)
        {
            if (_pinFault != e.Message)
            {
                Volatile.Write(ref _pinFault, e.Message);
                Interlocked.Increment(ref _refusals);
                LogPinRefused(e);
            }

            return 0;
        }

        if (pin?.ChangedAt != _pinChangedAt)
        {
            // Whoever changes the pin may have mended what was refused.
            _pinChangedAt = pin?.ChangedAt;
            _refused.Clear();
        }

        if (pin is { IsPinned: true })
        {
            return pin.Active == Release || _refused.ContainsKey(pin.Active) ? 0 : pin.Active;
        }

        var newest = NewestOpen();
        return newest > Release || (newest > 0 && newest != Release && !_releases.IsOpen(Release)) ? newest : 0;
    }

    private int NewestOpen()
    {
        var numbers = _releases.List();
        for (var i = numbers.Count - 1; i >= 0; i--)
        {
            if (!_refused.ContainsKey(numbers[i]) && _releases.IsOpen(numbers[i]))
            {
                return numbers[i];
            }
        }

        return 0;
    }

    /// <summary>The release that is wanted; where it cannot be read, or the pin cannot, the newest that can.</summary>
    private Release? ReadAtStart()
    {
        for (int wanted; (wanted = Wanted() is > 0 and var first ? first : NewestOpen()) > 0;)
        {
            try
            {
                return _releases.Read(wanted);
            }
            catch (ModelFormatException e)
            {
                Refuse(wanted, e);
            }
        }

        return null;
    }

    private void Refuse(int number, Exception e)
    {
        _refused[number] = e.Message;
        Interlocked.Increment(ref _refusals);
        LogRefused(number, e);
    }

    private async Task PrepareAsync(ServingSnapshot next, CancellationToken cancellationToken)
    {
        try
        {
            var until = await FollowAsync(next, cancellationToken).ConfigureAwait(false);
            await CatchUpAsync(next, next.Release.Manifest.EventPosition, until, cancellationToken).ConfigureAwait(false);

            // Made outside of the gate, so that appends do not wait for it.
            await LoadingThread.RunAsync(
                () =>
                {
                    next.RefreshLists();

                    // This thread is there for nothing else, and only on it does the work rest.
                    _options.Prepare?.Invoke(next, cancellationToken).GetAwaiter().GetResult();
                    return true;
                },
                _options.LoadShare,
                cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            lock (_gate)
            {
                _next = null;
            }

            throw;
        }
    }

    private void Swap(ServingSnapshot next)
    {
        ServingSnapshot before;
        lock (_gate)
        {
            before = _snapshots.Swap(next);
            _next = null;
            Volatile.Write(ref _previous, before.Release.Manifest.Number > 0 ? before : null);

            // What the older of the two has not learned from is still needed, for the way back.
            var from = Math.Min(before.Release.Manifest.EventPosition, next.Release.Manifest.EventPosition);
            _users.ForgetBefore(from);
            _activityFrom = Math.Max(_activityFrom, from);
        }

        Interlocked.Increment(ref _swaps);
        LogSwapped(next.Release.Manifest.Number, before.Release.Manifest.Number);
    }

    /// <summary>Brings a snapshot up to the catalogue's present state and makes it the one that changes and events go to as well.</summary>
    /// <returns>Position in the log from which on it is told of events.</returns>
    private async Task<long> FollowAsync(ServingSnapshot next, CancellationToken cancellationToken)
    {
        // No catalogue change passes by meanwhile: pulling waits for the same gate.
        await _catalogueGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            next.Schema = _schema;
            var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
            await foreach (var change in _catalogue.ReadItemChangesAsync(next.Release.Manifest.CatalogueVersion, cancellationToken).ConfigureAwait(false))
            {
                // What is newer comes with the next pull, to both snapshots.
                if (change.Version <= _itemVersion)
                {
                    next.Apply([change], nowMs);
                }
            }

            lock (_gate)
            {
                _next = next;
                return _appliedEnd;
            }
        }
        finally
        {
            _catalogueGate.Release();
        }
    }

    /// <summary>Counts events that the log held before the new snapshot began to be told of them.</summary>
    private async Task CatchUpAsync(ServingSnapshot next, long from, long until, CancellationToken cancellationToken)
    {
        // A release that has learned less than those before needs what users did since then, which was forgotten.
        var earlier = new UserDirectory();
        var known = _activityFrom;
        await foreach (var batch in _log.ReadAsync(from, cancellationToken).ConfigureAwait(false))
        {
            if (batch.Start >= until)
            {
                break;
            }

            lock (_gate)
            {
                Count(next, batch);
            }

            if (batch.Start < known)
            {
                Remember(batch, earlier);
            }
        }

        if (from < known)
        {
            lock (_gate)
            {
                _users.AddEarlier(earlier);
                _activityFrom = from;
            }
        }
    }

    [LoggerMessage(102, LogLevel.Information, "Release {Release} replaces release {Previous}.")]
    private partial void LogSwapped(int release, int previous);

    [LoggerMessage(103, LogLevel.Error, "Release {Release} cannot be read and is not used.")]
    private partial void LogRefused(int release, Exception exception);

    [LoggerMessage(105, LogLevel.Error, "The pin cannot be read and is not followed; the release in force stays.")]
    private partial void LogPinRefused(Exception exception);

    [LoggerMessage(106, LogLevel.Information, "Release {Release} was given up while it was loading: another one is wanted.")]
    private partial void LogOvertaken(int release);
}
