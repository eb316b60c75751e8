using System.Collections.Frozen;

namespace Siskin.Serving.Snapshot;

/// <summary>The models that scenes can name, bound to one release: by NAME, NAME@VERSION and NAME:LABEL.</summary>
/// <remarks>Immutable. A request holds them from start to end, so that it sees one version of each; those retired end with their last request.</remarks>
public sealed class ModelBindings
{
    private readonly FrozenDictionary<string, BoundModel> _models;
    private int _holders = 1;

    /// <summary>Binds models.</summary>
    /// <param name="models">By each of the names that lead to them.</param>
    public ModelBindings(IReadOnlyDictionary<string, BoundModel> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        _models = models.ToFrozenDictionary(StringComparer.Ordinal);
        foreach (var model in Models)
        {
            model.Hold();
        }
    }

    /// <summary>No models.</summary>
    public static ModelBindings Empty { get; } = new(new Dictionary<string, BoundModel>());

    /// <summary>The models, each once.</summary>
    public IEnumerable<BoundModel> Models => _models.Values.Distinct();

    /// <summary>The names that lead to models, in order.</summary>
    public IEnumerable<string> Names => _models.Keys.Order(StringComparer.Ordinal);

    /// <summary>The model of a name; null when there is none.</summary>
    public BoundModel? Find(string name) => _models.GetValueOrDefault(name);

    /// <summary>Keeps the models until <see cref="Release"/>.</summary>
    /// <returns>false when they have ended: others are in force by then.</returns>
    internal bool TryHold()
    {
        if (_models.Count == 0)
        {
            return true;
        }

        var holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            var seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    /// <summary>Lets go of the models, after a <see cref="TryHold"/> that was true.</summary>
    internal void Release()
    {
        if (_models.Count > 0 && Interlocked.Decrement(ref _holders) == 0)
        {
            foreach (var model in Models)
            {
                model.Release();
            }
        }
    }

    /// <summary>Ends the models with the last request that holds them; once, by whoever put others in their place.</summary>
    public void Retire() => Release();
}
