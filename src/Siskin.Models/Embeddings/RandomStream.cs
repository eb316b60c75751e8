namespace Siskin.Models.Embeddings;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): eight bytes of state, so that every walk can have its own.</summary>
internal struct RandomStream
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state;

    public RandomStream(int seed, long stream)
    {
        // Mixed twice, so that neighbouring streams do not walk through each other's states.
        _state = Mix(Mix((ulong)(uint)seed + Step) + ((ulong)stream * 0xD1B54A32D192ED03));
    }

    public ulong Next() => Mix(_state += Step);

    /// <summary>0 to bound − 1.</summary>
    public int Next(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>0 to below 1, with 24 bits.</summary>
    public float NextSingle() => (Next() >> 40) * (1f / (1 << 24));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
