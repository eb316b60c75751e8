using Siskin.Models.Scoring;

namespace Siskin.Inference.Registry;

/// <summary>A version of a model that was loaded to rank with, outside of a server.</summary>
public sealed class OpenModel : IScorerFactory, IDisposable
{
    private readonly HeldVersion _held;
    private readonly ServableScorerFactory _factory;

    internal OpenModel(string name, long version, LoadedModel loaded)
    {
        _held = new HeldVersion(name, version);
        _held.Open(loaded);
        _factory = new ServableScorerFactory(_held);
    }

    /// <inheritdoc/>
    public string Name => _factory.Name;

    /// <inheritdoc/>
    public long Version => _factory.Version;

    /// <inheritdoc/>
    public string Hash => _factory.Hash;

    /// <inheritdoc/>
    public IScorer Create(ScorerContext context) => _factory.Create(context);

    /// <summary>Frees the model when the last scorer has ended.</summary>
    public void Dispose() => _held.Retire(static () => { });
}
