namespace Siskin.Data.Datasets.Synthetic;

/// <summary>Exponential and logarithm that give the same bits on every machine.</summary>
/// <remarks>
/// <see cref="Math.Exp"/> and <see cref="Math.Log(double)"/> call the platform's C library, which may differ in the last
/// bit; these use only the operations that IEEE 754 rounds exactly. Relative error below 1e-12.
/// </remarks>
internal static class StableMath
{
    private const double Ln2 = 0.693147180559945309;

    // 1/n! from n = 12 down to 0.
    private static ReadOnlySpan<double> Taylor =>
    [
        1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720,
        1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1, 1,
    ];

    /// <summary>e to the power of x; x is clamped to ±700.</summary>
    public static double Exp(double x)
    {
        x = Math.Clamp(x, -700, 700);
        var k = (int)Math.Round(x / Ln2);
        var r = x - (k * Ln2);

        // Taylor series by Horner; |r| is at most ln 2 / 2, so the next term is below 2e-16.
        var sum = 0.0;
        foreach (var coefficient in Taylor)
        {
            sum = coefficient + (sum * r);
        }

        return sum * BitConverter.Int64BitsToDouble((long)(k + 1023) << 52);
    }

    /// <summary>The natural logarithm of a positive, normal number.</summary>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)((bits >> 52) & 0x7FF) - 1023;
        var m = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFFL) | (1023L << 52));
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            exponent++;
        }

        // log m = 2 artanh s with |s| at most 0.1716, so the term in s²¹ is below 1e-17.
        var s = (m - 1) / (m + 1);
        var square = s * s;
        var sum = 0.0;
        for (var n = 19; n >= 1; n -= 2)
        {
            sum = (sum * square) + (1.0 / n);
        }

        return (exponent * Ln2) + (2 * s * sum);
    }
}
