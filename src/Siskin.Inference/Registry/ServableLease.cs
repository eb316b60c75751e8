namespace Siskin.Inference.Registry;

/// <summary>A version of a model that stays loaded until this is disposed of.</summary>
public sealed class ServableLease : IDisposable
{
    private Action? _release;

    /// <summary>Holds a version.</summary>
    /// <param name="name">Of the model.</param>
    /// <param name="version">Of the model.</param>
    /// <param name="servable">What is held.</param>
    /// <param name="release">Called once, at the end.</param>
    public ServableLease(string name, long version, IServable servable, Action release)
    {
        (Name, Version, Servable) = (name, version, servable);
        _release = release;
    }

    /// <summary>Of the model.</summary>
    public string Name { get; }

    /// <summary>Of the model.</summary>
    public long Version { get; }

    /// <summary>What is held.</summary>
    public IServable Servable { get; }

    /// <summary>Lets go; once, however often it is called.</summary>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
