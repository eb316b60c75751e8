namespace Siskin.Vectors.Kernels;

/// <summary>Bits of a half-precision number that was widened with its sign and shifted by 13, so that sign and mantissa lie as in a float.</summary>
/// <remarks>
/// The bias of the exponent differs by 112. Subnormal halves are normal floats: with an exponent bit put in front of their
/// mantissa, the value of that bit is taken off again. This avoids arithmetic on subnormal floats, which is slow.
/// </remarks>
internal static class HalfBits
{
    /// <summary>Exponent and mantissa.</summary>
    public const uint MagnitudeMask = 0x7FFFu << 13;

    /// <summary>The sign.</summary>
    public const uint SignMask = 0x8000_0000;

    /// <summary>From a half's bias (15) to a float's (127).</summary>
    public const uint ExponentShift = 112u << 23;

    /// <summary>Exponent 1.</summary>
    public const uint OneExponent = 1u << 23;

    /// <summary>Magnitudes below this are subnormal or zero.</summary>
    public const uint SmallestNormal = 0x0400u << 13;

    /// <summary>Magnitudes from this on are infinite or not numbers.</summary>
    public const uint Infinity = 0x7C00u << 13;

    /// <summary>2⁻¹⁴, the smallest normal half.</summary>
    public const float SubnormalOffset = 6.103515625e-05f;
}
