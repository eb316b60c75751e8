using System.Numerics;

namespace Siskin.Vectors.Scan;

/// <summary>How many candidates a search scores again with the whole vectors, by the number of lists that it scans.</summary>
/// <remarks>
/// A factor of k for every power of two of lists, none smaller than the one before; beyond the last, the last holds.
/// A search for fewer than ten vectors scores as many again as one for ten. Immutable.
/// </remarks>
internal sealed class RescoreDepth
{
    /// <summary>k that factors are measured with.</summary>
    public const int MeasuredK = 10;

    /// <summary>The largest factor.</summary>
    public const int MaxFactor = 1000;

    private const int MaxCandidates = 1 << 24;
    private const float LeastFactor = 2;

    // The most of the nearest vectors that may be missed for want of candidates: a share of those in lists that are not
    // scanned, at least so much.
    private const double ShareOfMisses = 0.5;
    private const double LeastMiss = 0.002;

    private readonly float[] _factors;

    /// <summary>Takes factors.</summary>
    /// <param name="factors">For 1, 2, 4, … lists; at least one, each 1 to <see cref="MaxFactor"/>.</param>
    public RescoreDepth(params float[] factors) => _factors = factors;

    /// <summary>The factors, for the file.</summary>
    public ReadOnlySpan<float> Factors => _factors;

    /// <summary>How many candidates to keep, k or more.</summary>
    /// <param name="k">How many vectors are wanted, at least 1.</param>
    /// <param name="lists">How many lists are scanned, at least 1.</param>
    public int Candidates(int k, int lists)
    {
        var factor = _factors[Math.Min(BitOperations.Log2((uint)lists), _factors.Length - 1)];
        var wanted = factor > 1 ? Math.Ceiling((double)factor * Math.Max(k, MeasuredK)) : k;
        return (int)Math.Max(k, Math.Min(MaxCandidates, wanted));
    }

    /// <summary>Chooses factors by what was measured.</summary>
    /// <param name="ranks">For 1, 2, 4, … lists: at which place, from 1, each of the truly nearest vectors comes by its codes; 0 when it is in no list scanned.</param>
    public static RescoreDepth Choose(IReadOnlyList<int[]> ranks)
    {
        var factors = new float[ranks.Count];
        var least = LeastFactor;
        for (var i = 0; i < factors.Length; i++)
        {
            var sorted = (int[])ranks[i].Clone();
            Array.Sort(sorted);
            var missed = sorted.Length - sorted.AsSpan().TrimStart(0).Length;
            var tolerated = (int)(Math.Max(ShareOfMisses * missed / Math.Max(1, sorted.Length), LeastMiss) * sorted.Length);
            var rank = sorted.Length > tolerated ? sorted[^(tolerated + 1)] : 0;
            factors[i] = least = Math.Clamp((float)rank / MeasuredK, least, MaxFactor);
        }

        return new(factors);
    }
}
