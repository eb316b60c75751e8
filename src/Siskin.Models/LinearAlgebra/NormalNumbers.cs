namespace Siskin.Models.LinearAlgebra;

/// <summary>Numbers of the standard normal distribution.</summary>
internal static class NormalNumbers
{
    /// <summary>The next one, from two of the source (Box and Muller 1958).</summary>
    public static double NextNormal(this Random random)
    {
        // 1 − u is never 0.
        var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
        return radius * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
