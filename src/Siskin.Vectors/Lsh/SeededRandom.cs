namespace Siskin.Vectors.Lsh;

/// <summary>SplitMix64: the same numbers from the same seed on every version of the runtime, because indexes on disk depend on them.</summary>
internal struct SeededRandom(ulong seed)
{
    private ulong _state = seed;
    private double _spare = double.NaN;

    /// <summary>Mixes the bits of a number so that each result bit depends on all of them (Steele, Lea and Flood 2014).</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public ulong NextUInt64() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>At least 0, less than 1.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1ul << 53));

    /// <summary>From 0 to below the limit.</summary>
    public int Next(int limit) => (int)(NextDouble() * limit);

    /// <summary>From N(0, 1), by Box and Muller's polar form.</summary>
    public double NextGaussian()
    {
        if (!double.IsNaN(_spare))
        {
            var spare = _spare;
            _spare = double.NaN;
            return spare;
        }

        while (true)
        {
            var (x, y) = ((2 * NextDouble()) - 1, (2 * NextDouble()) - 1);
            var s = (x * x) + (y * y);
            if (s is > 0 and < 1)
            {
                var factor = Math.Sqrt(-2 * Math.Log(s) / s);
                _spare = y * factor;
                return x * factor;
            }
        }
    }
}
