namespace Siskin.Vectors.Kernels;

/// <summary>The kernels as plain loops: what the fast ones are tested against, and what runs without vector hardware.</summary>
internal static class VectorMathReference
{
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = 0f;
        for (var i = 0; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    public static float SquaredL2(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = 0f;
        for (var i = 0; i < x.Length; i++)
        {
            var difference = x[i] - y[i];
            sum += difference * difference;
        }

        return sum;
    }

    public static void AddScaled(ReadOnlySpan<float> x, float a, Span<float> y)
    {
        for (var i = 0; i < x.Length; i++)
        {
            y[i] += a * x[i];
        }
    }

    public static void Dots(ReadOnlySpan<float> query, ReadOnlySpan<float> rows, int d, Span<float> scores)
    {
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = Dot(query, rows.Slice(i * d, d));
        }
    }

    public static void SquaredL2s(ReadOnlySpan<float> query, ReadOnlySpan<float> rows, int d, Span<float> distances)
    {
        for (var i = 0; i < distances.Length; i++)
        {
            distances[i] = SquaredL2(query, rows.Slice(i * d, d));
        }
    }

    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<Half> y)
    {
        var sum = 0f;
        for (var i = 0; i < x.Length; i++)
        {
            sum += x[i] * (float)y[i];
        }

        return sum;
    }

    public static float SquaredL2(ReadOnlySpan<float> x, ReadOnlySpan<Half> y)
    {
        var sum = 0f;
        for (var i = 0; i < x.Length; i++)
        {
            var difference = x[i] - (float)y[i];
            sum += difference * difference;
        }

        return sum;
    }

    public static float SquaredNorm(ReadOnlySpan<Half> y)
    {
        var sum = 0f;
        foreach (var value in y)
        {
            sum += (float)value * (float)value;
        }

        return sum;
    }

    public static int Dot(ReadOnlySpan<sbyte> x, ReadOnlySpan<sbyte> y)
    {
        var sum = 0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    public static int Dot(ReadOnlySpan<byte> x, ReadOnlySpan<sbyte> y)
    {
        var sum = 0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    public static int SquaredL2(ReadOnlySpan<sbyte> x, ReadOnlySpan<sbyte> y)
    {
        var sum = 0;
        for (var i = 0; i < x.Length; i++)
        {
            var difference = x[i] - y[i];
            sum += difference * difference;
        }

        return sum;
    }

    public static int Hamming(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y)
    {
        var sum = 0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += System.Numerics.BitOperations.PopCount(x[i] ^ y[i]);
        }

        return sum;
    }
}
