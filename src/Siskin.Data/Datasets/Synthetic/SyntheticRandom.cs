using System.Numerics;

namespace Siskin.Data.Datasets.Synthetic;

/// <summary>A small generator of pseudo-random numbers whose sequence never changes.</summary>
/// <remarks>
/// xoshiro256** of Blackman and Vigna 2018, its state filled by SplitMix64. <see cref="Random"/> does not promise the same
/// sequence for a seed across versions of .NET; this does, on every platform. A mutable struct: pass by reference.
/// </remarks>
internal struct SyntheticRandom
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    public SyntheticRandom(ulong seed)
    {
        _s0 = SplitMix(ref seed);
        _s1 = SplitMix(ref seed);
        _s2 = SplitMix(ref seed);
        _s3 = SplitMix(ref seed);
    }

    public ulong NextULong()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (NextULong() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, n); the bias is below n / 2⁶⁴.</summary>
    public int Next(int n) => (int)Math.BigMul(NextULong(), (ulong)n, out _);

    /// <summary>Uniform in [low, high).</summary>
    public double Between(double low, double high) => low + ((high - low) * NextDouble());

    /// <summary>Exponentially distributed with the given mean.</summary>
    public double NextExponential(double mean) => -mean * StableMath.Log(1 - NextDouble());

    /// <summary>Nearly standard normal: the sum of twelve uniform numbers less six. Never beyond ±6.</summary>
    public double NextGaussian()
    {
        var sum = -6.0;
        for (var i = 0; i < 12; i++)
        {
            sum += NextDouble();
        }

        return sum;
    }

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
