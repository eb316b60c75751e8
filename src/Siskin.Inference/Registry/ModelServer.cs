using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Siskin.Data.Control;
using Siskin.Inference.Tensors;
using Siskin.Models.Scoring;
using Siskin.Vectors;

namespace Siskin.Inference.Registry;

/// <summary>Holds the models of a registry: loads new versions beside those that answer, warms them up, swaps them in, and frees the old ones.</summary>
/// <remarks>
/// Loading and warming up happen on a thread of low priority that no request uses. A version that cannot be used is
/// refused and logged once, and the one before goes on answering. Requests take no lock.
/// </remarks>
public sealed partial class ModelServer : IModelServer, IAsyncDisposable
{
    private readonly ModelRegistry _registry;
    private readonly IControlStore _control;
    private readonly ModelLoader _loader;
    private readonly ModelServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _unloaded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RecentInputs> _recent = new(StringComparer.Ordinal);
    private FrozenDictionary<string, ServedModel> _models = FrozenDictionary<string, ServedModel>.Empty;
    private Dictionary<string, ModelRecord> _records = new(StringComparer.Ordinal);
    private long _controlVersion = -1;
    private long _refused;
    private Task _loop = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>Composes a server; nothing is loaded before <see cref="StartAsync"/>.</summary>
    public ModelServer(ModelRegistry registry, IControlStore control, ModelLoader loader, ModelServerOptions? options = null, TimeProvider? time = null, ILogger<ModelServer>? logger = null)
    {
        (_registry, _control, _loader, _options) = (registry, control, loader, options ?? new ModelServerOptions());
        (_time, _logger) = (time ?? TimeProvider.System, logger ?? (ILogger)NullLogger.Instance);
    }

    /// <summary>Called after other versions have begun to answer, or labels have moved; not by two threads at once.</summary>
    public event Action? Changed;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names => [.. Volatile.Read(ref _models).Keys.Order(StringComparer.Ordinal)];

    /// <summary>Versions refused since the start.</summary>
    public long RefusedVersions => Volatile.Read(ref _refused);

    /// <summary>Loads what there is and starts following.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await ScanAsync(cancellationToken).ConfigureAwait(false);
        _loop = FollowAsync();
    }

    /// <inheritdoc/>
    public IReadOnlyList<ServableStatus> Versions(string name)
    {
        var model = Find(name);
        return [.. model.Versions.Select(version => new ServableStatus(version.Version, version.State, version.Error, model.LabelsOf(version.Version)))];
    }

    /// <inheritdoc/>
    public ServableLease Acquire(string name, long? version = null, string? label = null)
    {
        while (true)
        {
            var before = Volatile.Read(ref _models);
            var model = Find(name);
            var held = model.Find(version, label);
            if (held.TryAcquire() is { } lease)
            {
                return lease;
            }

            if (ReferenceEquals(before, Volatile.Read(ref _models)))
            {
                throw held.Error is { } error
                    ? new ServableException(ServableError.NotFound, $"version {held.Version} of the model '{name}' could not be loaded: {error}")
                    : new ServableException(ServableError.NotFound, $"version {held.Version} of the model '{name}' is not available");
            }
        }
    }

    /// <summary>The versions that answer, each with the names that lead to it: NAME (the stable one, or else the newest), NAME@VERSION, NAME:LABEL.</summary>
    public IReadOnlyList<(IScorerFactory Factory, IReadOnlyList<string> Names)> Rankers()
    {
        var rankers = new List<(IScorerFactory, IReadOnlyList<string>)>();
        foreach (var model in Volatile.Read(ref _models).Values)
        {
            foreach (var version in model.Versions.Where(version => version.State == ServableState.Available))
            {
                var names = model.LabelsOf(version.Version).Select(label => new ModelReference(model.Name, null, label).ToString()).Append(new ModelReference(model.Name, version.Version, null).ToString());
                rankers.Add((new ServableScorerFactory(version), [.. ReferenceEquals(version, model.ForRanking) ? names.Append(model.Name) : names]));
            }
        }

        return rankers;
    }

    /// <inheritdoc/>
    public async Task LoadAsync(string name, CancellationToken cancellationToken = default)
    {
        if (_registry.Versions(name).Count == 0)
        {
            throw new ServableException(ServableError.NotFound, $"there is no model '{name}'");
        }

        lock (_unloaded)
        {
            _unloaded.Remove(name);
        }

        await ScanAsync(cancellationToken).ConfigureAwait(false);
        var versions = Versions(name);
        if (!versions.Any(version => version.State == ServableState.Available))
        {
            throw new ServableException(ServableError.FailedPrecondition, $"the model '{name}' could not be loaded: {string.Join("; ", versions.Select(version => $"version {version.Version}: {version.Error}"))}");
        }
    }

    /// <inheritdoc/>
    public Task UnloadAsync(string name, CancellationToken cancellationToken = default)
    {
        Find(name);
        lock (_unloaded)
        {
            _unloaded.Add(name);
        }

        return ScanAsync(cancellationToken);
    }

    /// <summary>Looks once for new versions, labels and policies; what it finds answers when the task ends.</summary>
    public async Task ScanAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var isChanged = await ReadRecordsAsync(cancellationToken).ConfigureAwait(false);
            foreach (var name in _registry.Names.Union(Volatile.Read(ref _models).Keys))
            {
                isChanged |= await ScanAsync(name, cancellationToken).ConfigureAwait(false);
            }

            if (isChanged)
            {
                Changed?.Invoke();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Stops following and lets go of all models; a second call does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        await _gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var version in Interlocked.Exchange(ref _models, FrozenDictionary<string, ServedModel>.Empty).Values.SelectMany(model => model.Versions))
        {
            if (version.State == ServableState.Available)
            {
                version.Retire(static () => { });
            }
        }
    }

    private ServedModel Find(string name) =>
        Volatile.Read(ref _models).TryGetValue(name, out var model) ? model : throw new ServableException(ServableError.NotFound, $"there is no model '{name}'");

    private async Task<bool> ReadRecordsAsync(CancellationToken cancellationToken)
    {
        var version = await _control.GetVersionAsync(cancellationToken).ConfigureAwait(false);
        if (version == _controlVersion)
        {
            return false;
        }

        var prefix = ModelRegistry.KeyOf(string.Empty);
        _records = (await _control.ListAsync(prefix, cancellationToken).ConfigureAwait(false)).ToDictionary(document => document.Key[prefix.Length..], ModelRegistry.Parse, StringComparer.Ordinal);
        _controlVersion = version;
        return true;
    }

    private async Task<bool> ScanAsync(string name, CancellationToken cancellationToken)
    {
        bool isUnloaded;
        lock (_unloaded)
        {
            isUnloaded = _unloaded.Contains(name);
        }

        var record = _records.GetValueOrDefault(name) ?? new ModelRecord();
        var before = Volatile.Read(ref _models).GetValueOrDefault(name);
        var known = before?.Versions.ToDictionary(version => version.Version) ?? [];
        var found = _registry.Versions(name);
        var wanted = isUnloaded ? [] : await LoadWantedAsync(name, record, found, known, cancellationToken).ConfigureAwait(false);
        if (!isUnloaded && wanted.Count == 0)
        {
            // Whatever is wrong with the new ones, what answers goes on answering.
            wanted.UnionWith(known.Values.Where(version => version.State == ServableState.Available).Select(version => version.Version));
        }

        var versions = known.Values
            .Where(version => wanted.Contains(version.Version) || (version.Error is not null && found.Contains(version.Version) && !isUnloaded))
            .OrderByDescending(version => version.Version)
            .ToArray();
        var labels = record.Labels.Where(label => versions.Any(version => version.Version == label.Value && version.State == ServableState.Available)).ToDictionary(StringComparer.Ordinal);
        var exists = found.Count > 0 || versions.Length > 0;
        var isSame = before is null ? !exists : exists && versions.SequenceEqual(before.Versions) && labels.Count == before.Labels.Count && labels.All(before.Labels.Contains);
        if (isSame)
        {
            return false;
        }

        var models = new Dictionary<string, ServedModel>(Volatile.Read(ref _models), StringComparer.Ordinal);
        models.Remove(name);
        if (exists)
        {
            models[name] = new ServedModel(name, versions, labels);
        }

        Volatile.Write(ref _models, models.ToFrozenDictionary(StringComparer.Ordinal));
        foreach (var gone in (before?.Versions ?? []).Where(version => version.State == ServableState.Available && !versions.Contains(version)))
        {
            gone.Retire(() => LogFreed(name, gone.Version));
        }

        return true;
    }

    // The newest that can be used, as many as the policy says; specific and labelled ones by number.
    private async Task<HashSet<long>> LoadWantedAsync(string name, ModelRecord record, IReadOnlyList<long> found, Dictionary<long, HeldVersion> known, CancellationToken cancellationToken)
    {
        var policy = PolicyOf(name, record);
        var wanted = new HashSet<long>();
        foreach (var version in record.Labels.Values.Concat(policy.Versions ?? []).Where(found.Contains).Distinct())
        {
            if (await TryLoadAsync(name, version, known, cancellationToken).ConfigureAwait(false))
            {
                wanted.Add(version);
            }
        }

        var newest = 0;
        for (var i = found.Count - 1; policy.Versions is null && i >= 0 && newest < policy.Count; i--)
        {
            if (await TryLoadAsync(name, found[i], known, cancellationToken).ConfigureAwait(false))
            {
                wanted.Add(found[i]);
                newest++;
            }
        }

        return wanted;
    }

    private VersionPolicy PolicyOf(string name, ModelRecord record)
    {
        try
        {
            return VersionPolicy.Parse(record.Policy);
        }
        catch (FormatException e)
        {
            LogBadPolicy(name, e.Message);
            return VersionPolicy.Default;
        }
    }

    private async Task<bool> TryLoadAsync(string name, long version, Dictionary<long, HeldVersion> known, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(version, out var held) && held.State == ServableState.Available)
        {
            return true;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var folder = _registry.PathOf(name, version);
        var content = ContentOf(folder);
        if (held?.RefusedContent == content)
        {
            return false;
        }

        held = known[version] = new HeldVersion(name, version);
        held.StartLoading();
        if (!_recent.TryGetValue(name, out var recent))
        {
            _recent[name] = recent = new RecentInputs(_options.WarmUpRequests);
        }

        try
        {
            held.Open(await BackgroundThread.RunAsync($"load {name}@{version}", () => LoadAndWarmUp(folder, recent)).ConfigureAwait(false));
            LogLoaded(name, version, held.Loaded!.Kind);
            return true;
        }
        catch (Exception e) when (e is ModelFormatException or IOException or UnauthorizedAccessException or ServableException)
        {
            held.Refuse(e.Message, content);
            Interlocked.Increment(ref _refused);
            LogRefused(name, version, e);
            return false;
        }
    }

    private LoadedModel LoadAndWarmUp(string folder, RecentInputs recent)
    {
        var loaded = _loader.Load(folder);
        try
        {
            WarmUp(loaded.Servable, recent.Snapshot());
        }
        catch
        {
            loaded.Servable.Dispose();
            throw;
        }

        return loaded with { Servable = RecordingServable.Of(loaded.Servable, recent) };
    }

    private void WarmUp(IServable servable, IReadOnlyList<IReadOnlyList<Tensor>> recent)
    {
        IReadOnlyList<Tensor>[] requests = recent.Count > 0 ? [.. recent] : [[.. servable.Inputs.Select(Zeros)]];
        for (var round = 0; round < _options.WarmUpRounds; round++)
        {
            foreach (var inputs in requests)
            {
                try
                {
                    // This thread is there for nothing else.
                    servable.RunAsync(inputs, []).AsTask().GetAwaiter().GetResult();
                }
                catch (ServableException e) when (e.Error != ServableError.Internal || recent.Count == 0)
                {
                    // Other inputs than before, nothing that zeros mean, or a server elsewhere that is away for now: no reason not to answer.
                    break;
                }
            }
        }
    }

    private static Tensor Zeros(TensorDescription description)
    {
        long[] shape = [.. description.Shape.Select(length => Math.Max(1, length))];
        var count = Tensor.CountOf(shape);
        return description.Type == TensorType.Bytes
            ? Tensor.Of(description.Name, Enumerable.Repeat(Array.Empty<byte>(), count).ToArray(), shape)
            : Tensor.Of(description.Name, description.Type, Array.CreateInstance(Tensor.ElementOf(description.Type), count), shape);
    }

    // What a folder holds, as far as can be seen without reading: names, lengths and times.
    private static string ContentOf(string folder) => string.Join('\n', new DirectoryInfo(folder)
        .EnumerateFiles("*", SearchOption.AllDirectories)
        .Select(file => $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}")
        .Order(StringComparer.Ordinal));

    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(_options.Period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                try
                {
                    await ScanAsync(_stop.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (!_stop.IsCancellationRequested)
                {
                    LogScanFailed(e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    [LoggerMessage(201, LogLevel.Information, "Version {Version} of the model {Name} ({Kind}) is loaded and answers.")]
    private partial void LogLoaded(string name, long version, string kind);

    [LoggerMessage(202, LogLevel.Error, "Version {Version} of the model {Name} cannot be used; what answered before goes on.")]
    private partial void LogRefused(string name, long version, Exception exception);

    [LoggerMessage(203, LogLevel.Information, "Version {Version} of the model {Name} is freed.")]
    private partial void LogFreed(string name, long version);

    [LoggerMessage(204, LogLevel.Error, "Looking for models failed; it is tried again.")]
    private partial void LogScanFailed(Exception exception);

    [LoggerMessage(205, LogLevel.Error, "The policy of the model {Name} is not used: {Reason}.")]
    private partial void LogBadPolicy(string name, string reason);
}
