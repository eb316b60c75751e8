using Siskin.Vectors.Kernels;

namespace Siskin.Vectors.Lsh;

/// <summary>Makes vectors ready for cosine.</summary>
internal static class VectorNorms
{
    /// <summary>Scales a vector to norm 1; a zero vector stays zero.</summary>
    public static void Normalise(Span<float> vector)
    {
        var norm = VectorMath.Norm(vector);
        if (norm is > 1e-18f and < 1e18f)
        {
            Scale(vector, 1 / norm);
            return;
        }

        // Squares left the range of float: bring the largest number to 1 first.
        var largest = 0f;
        foreach (var value in vector)
        {
            largest = MathF.Max(largest, MathF.Abs(value));
        }

        if (largest > 0)
        {
            for (var i = 0; i < vector.Length; i++)
            {
                vector[i] /= largest;
            }

            Scale(vector, 1 / VectorMath.Norm(vector));
        }
    }

    private static void Scale(Span<float> vector, float factor)
    {
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] *= factor;
        }
    }
}
