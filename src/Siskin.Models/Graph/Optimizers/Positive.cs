namespace Siskin.Models.Graph.Optimizers;

internal static class Positive
{
    /// <exception cref="ArgumentOutOfRangeException">The number is not finite or not above 0.</exception>
    public static float Check(float value, string name) =>
        float.IsFinite(value) && value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, "must be finite and above 0");

    /// <exception cref="ArgumentOutOfRangeException">The number is not finite or below 0.</exception>
    public static float OrZero(float value, string name) =>
        float.IsFinite(value) && value >= 0 ? value : throw new ArgumentOutOfRangeException(name, value, "must be finite and not negative");
}
