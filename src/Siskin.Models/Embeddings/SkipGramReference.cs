namespace Siskin.Models.Embeddings;

/// <summary>One step of skip-gram with negative sampling in plain loops: what the kernels are tested against, and what runs without vectors.</summary>
internal static class SkipGramReference
{
    public static float Dot(ReadOnlySpan<float> h, ReadOnlySpan<float> o)
    {
        var sum = 0f;
        for (var i = 0; i < h.Length; i++)
        {
            sum += h[i] * o[i];
        }

        return sum;
    }

    public static void Update(ReadOnlySpan<float> h, Span<float> gradient, Span<float> o, float step)
    {
        for (var i = 0; i < h.Length; i++)
        {
            gradient[i] += step * o[i];
            o[i] += step * h[i];
        }
    }

    /// <summary>−log σ(score) of a context, −log σ(−score) of a negative.</summary>
    public static double Loss(double score, bool isContext) => Math.Log(1 + Math.Exp(isContext ? -score : score));

    /// <summary>Minus the derivative of <see cref="Loss"/> by the score: 1 − σ for a context, −σ for a negative.</summary>
    public static double Step(double score, bool isContext) => (isContext ? 1 : 0) - (1 / (1 + Math.Exp(-score)));
}
