namespace Siskin.Vectors.Lsh;

/// <summary>The largest Hamming distance of sketches at which a vector may still be as near as a given angle.</summary>
/// <remarks>
/// The m bits of a sketch are functions of <see cref="LshFamily.SignProjection"/>: each differs with probability p = θ / π, so that a
/// vector at the angle θ lies within m·p + z·√(m·p·(1 − p)) bits with the confidence that z standard deviations give.
/// </remarks>
internal sealed class SketchBound
{
    private const int Steps = 2048;

    private readonly short[] _most = new short[Steps + 1];

    /// <param name="bits">m.</param>
    /// <param name="deviations">z.</param>
    public SketchBound(int bits, double deviations)
    {
        Bits = bits;
        for (var i = 0; i <= Steps; i++)
        {
            var p = LshProbability.Sign(Math.Acos((2.0 * i / Steps) - 1));
            var most = (bits * (1 - p)) + (deviations * Math.Sqrt(bits * p * (1 - p)));
            _most[i] = (short)Math.Clamp(Math.Floor(most + 1e-9), 0, bits);
        }
    }

    /// <summary>m.</summary>
    public int Bits { get; }

    /// <summary>The bound for an angle, never below the exact one.</summary>
    /// <param name="cosine">Cosine of the angle that must be reached; above 1 nothing reaches it.</param>
    /// <returns>−1 when nothing passes.</returns>
    public int Most(float cosine)
    {
        // Rounding must not shut out a vector that equals the query.
        if (cosine > 1.00001f)
        {
            return -1;
        }

        return cosine > -1 ? _most[(int)((MathF.Min(cosine, 1) + 1) * (Steps / 2))] : Bits;
    }
}
