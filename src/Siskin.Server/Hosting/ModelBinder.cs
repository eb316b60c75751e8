using Microsoft.Extensions.Logging;
using Siskin.Inference.Registry;
using Siskin.Models.Scoring;
using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;
using Siskin.Vectors;

namespace Siskin.Server.Hosting;

/// <summary>Binds the models of this process into the snapshots that requests are answered from, before each is in force and whenever a model changes.</summary>
/// <remarks>A release and its models always change together; a model that cannot rank a release is left out, with the reason logged.</remarks>
internal sealed partial class ModelBinder : IDisposable
{
    private readonly ModelServer _models;
    private readonly SnapshotHolder _snapshots;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly List<WeakReference<ServingSnapshot>> _bound = [];
    private readonly HashSet<string> _told = [];

    public ModelBinder(ModelServer models, SnapshotHolder snapshots, ILogger<ModelBinder> logger)
    {
        (_models, _snapshots, _logger) = (models, snapshots, logger);
        models.Changed += BindAll;
    }

    /// <summary>Binds the models into a snapshot that is to be in force.</summary>
    public void Prepare(ServingSnapshot snapshot)
    {
        lock (_gate)
        {
            _bound.RemoveAll(reference => !reference.TryGetTarget(out _));
            if (!_bound.Exists(reference => reference.TryGetTarget(out var known) && ReferenceEquals(known, snapshot)))
            {
                _bound.Add(new WeakReference<ServingSnapshot>(snapshot));
            }

            Bind(snapshot);
        }
    }

    public void Dispose() => _models.Changed -= BindAll;

    // Snapshots that are still to come, or are kept to go back to, get the models as well.
    private void BindAll()
    {
        lock (_gate)
        {
            Prepare(_snapshots.Current);
            foreach (var reference in _bound)
            {
                if (reference.TryGetTarget(out var snapshot) && !ReferenceEquals(snapshot, _snapshots.Current))
                {
                    Bind(snapshot);
                }
            }
        }
    }

    private void Bind(ServingSnapshot snapshot)
    {
        var before = snapshot.Models.Models.ToDictionary(model => (model.Name, model.Version, model.Hash));
        var names = new Dictionary<string, BoundModel>(StringComparer.Ordinal);
        foreach (var (factory, own) in _models.Rankers())
        {
            if ((before.GetValueOrDefault((factory.Name, factory.Version, factory.Hash)) ?? TryCreate(factory, snapshot.Release)) is { } bound)
            {
                foreach (var name in own)
                {
                    names[name] = bound;
                }
            }
        }

        snapshot.SwapModels(new ModelBindings(names)).Retire();
    }

    private BoundModel? TryCreate(IScorerFactory factory, Release release)
    {
        try
        {
            return BoundModel.Create(factory, release);
        }
        catch (Exception e) when (e is ModelFormatException or ArgumentException or IOException)
        {
            if (_told.Add($"{factory.Name}@{factory.Version} {release.Manifest.Number}"))
            {
                LogCannotRank(factory.Name, factory.Version, release.Manifest.Number, e.Message);
            }

            return null;
        }
    }

    [LoggerMessage(301, LogLevel.Warning, "Version {Version} of the model {Name} cannot rank release {Release}: {Reason}")]
    private partial void LogCannotRank(string name, long version, int release, string reason);
}
