namespace Siskin.Inference.Registry;

/// <summary>A version that a server knows: being loaded, loaded, or refused. Freed when the last request that holds it has ended.</summary>
/// <param name="name">Of the model.</param>
/// <param name="version">Its number.</param>
internal sealed class HeldVersion(string name, long version)
{
    private int _holders;
    private int _state = (int)ServableState.Start;
    private Action? _ended;

    public string Name => name;

    public long Version => version;

    public ServableState State => (ServableState)Volatile.Read(ref _state);

    /// <summary>Why it was refused.</summary>
    public string? Error { get; private set; }

    /// <summary>What of its folder was refused: tried again when that has changed.</summary>
    public string? RefusedContent { get; private set; }

    /// <summary>The model; null unless it is available or ends.</summary>
    public LoadedModel? Loaded { get; private set; }

    public void StartLoading() => Volatile.Write(ref _state, (int)ServableState.Loading);

    public void Refuse(string error, string content)
    {
        (Error, RefusedContent) = (error, content);
        Volatile.Write(ref _state, (int)ServableState.End);
    }

    public void Open(LoadedModel loaded)
    {
        Loaded = loaded;
        Volatile.Write(ref _holders, 1);
        Volatile.Write(ref _state, (int)ServableState.Available);
    }

    /// <summary>Lets go of it; it is freed with the last request.</summary>
    /// <param name="ended">Called when it has been.</param>
    public void Retire(Action ended)
    {
        _ended = ended;
        Volatile.Write(ref _state, (int)ServableState.Unloading);
        Release();
    }

    /// <summary>A lease; null when it is not available any more.</summary>
    public ServableLease? TryAcquire()
    {
        var holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            var seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return new ServableLease(name, version, Loaded!.Servable, Release);
            }

            holders = seen;
        }

        return null;
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            // Freeing may take a while, and whoever came last is a request.
            ThreadPool.QueueUserWorkItem(_ =>
            {
                Loaded!.Servable.Dispose();
                Volatile.Write(ref _state, (int)ServableState.End);
                _ended?.Invoke();
            });
        }
    }
}
