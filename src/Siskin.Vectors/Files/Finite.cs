using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Siskin.Vectors.Files;

/// <summary>Looks for numbers that are NaN or infinite.</summary>
internal static class Finite
{
    // NaN and infinities are the numbers whose exponent bits are all set.
    private const int Exponent = 0x7F800000;

    /// <summary>Where the first number that is not finite stands, or −1.</summary>
    public static int IndexOfOther(ReadOnlySpan<float> values)
    {
        var bits = MemoryMarshal.Cast<float, int>(values);
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var mask = Vector256.Create(Exponent);
            while (i <= bits.Length - Vector256<int>.Count
                && !Vector256.EqualsAny(Vector256.Create(bits.Slice(i, Vector256<int>.Count)) & mask, mask))
            {
                i += Vector256<int>.Count;
            }
        }

        for (; i < bits.Length; i++)
        {
            if ((bits[i] & Exponent) == Exponent)
            {
                return i;
            }
        }

        return -1;
    }
}
