using System.Runtime.Intrinsics;

namespace Siskin.Vectors.Lsh;

/// <summary>A fixed set of random directions; projects vectors on all of them at once.</summary>
/// <remarks>
/// Held as d rows of one number per direction, padded with zeros to 64 directions, so that a projection is a sum of scaled rows
/// and needs no sum across lanes. Immutable and safe for concurrent use.
/// </remarks>
internal sealed unsafe class Projections
{
    public const int Padding = 64;

    private const int Lanes = 16;

    private readonly BlockOf<float> _rows;

    /// <summary>Takes directions as they are.</summary>
    /// <param name="directions">Row-major, count × d.</param>
    /// <param name="count">Number of directions.</param>
    /// <param name="dimensions">d.</param>
    public Projections(ReadOnlySpan<float> directions, int count, int dimensions)
    {
        (Count, Dimensions) = (count, dimensions);
        Stride = StrideOf(count);
        _rows = new BlockOf<float>((long)dimensions * Stride);
        for (var j = 0; j < count; j++)
        {
            for (var i = 0; i < dimensions; i++)
            {
                _rows.Pointer[((long)i * Stride) + j] = directions[(j * dimensions) + i];
            }
        }
    }

    /// <summary>Takes directions as <see cref="Rows"/> gave them.</summary>
    public Projections(BlockOf<float> rows, int count, int dimensions)
    {
        (_rows, Count, Dimensions) = (rows, count, dimensions);
        Stride = StrideOf(count);
    }

    /// <summary>Number of directions.</summary>
    public int Count { get; }

    /// <summary>Numbers per vector, d.</summary>
    public int Dimensions { get; }

    /// <summary>Numbers that <see cref="Apply"/> writes: <see cref="Count"/> rounded up to 64.</summary>
    public int Stride { get; }

    public long SizeBytes => _rows.SizeBytes;

    /// <summary>All directions: d × <see cref="Stride"/> numbers.</summary>
    public ReadOnlySpan<float> Rows => new(_rows.Pointer, checked((int)_rows.Length));

    public static int StrideOf(int count) => (count + Padding - 1) / Padding * Padding;

    /// <summary>Directions of independent normal numbers.</summary>
    public static Projections Gaussian(int count, int dimensions, ulong seed)
    {
        var directions = new float[count * dimensions];
        var random = new SeededRandom(seed);
        foreach (ref var value in directions.AsSpan())
        {
            value = (float)random.NextGaussian();
        }

        return new(directions, count, dimensions);
    }

    /// <summary>Directions of independent Cauchy numbers.</summary>
    public static Projections Cauchy(int count, int dimensions, ulong seed)
    {
        var directions = new float[count * dimensions];
        var random = new SeededRandom(seed);
        foreach (ref var value in directions.AsSpan())
        {
            value = (float)Math.Tan(Math.PI * (random.NextDouble() - 0.5));
        }

        return new(directions, count, dimensions);
    }

    /// <summary>Random unit directions, each d of them at right angles to each other: signs of these tell more than of independent ones (Ji et al. 2012).</summary>
    public static Projections Orthogonal(int count, int dimensions, ulong seed)
    {
        var directions = new double[count * dimensions];
        var random = new SeededRandom(seed);
        for (var j = 0; j < count; j++)
        {
            var row = directions.AsSpan(j * dimensions, dimensions);
            double norm;
            do
            {
                foreach (ref var value in row)
                {
                    value = random.NextGaussian();
                }

                // Gram-Schmidt, twice: once leaves rounding errors that a second pass removes.
                for (var pass = 0; pass < 2; pass++)
                {
                    for (var other = j - (j % dimensions); other < j; other++)
                    {
                        Subtract(row, directions.AsSpan(other * dimensions, dimensions));
                    }
                }

                norm = 0;
                foreach (var value in row)
                {
                    norm += value * value;
                }
            }
            while (norm < 1e-6);

            foreach (ref var value in row)
            {
                value /= Math.Sqrt(norm);
            }
        }

        return new(Array.ConvertAll(directions, value => (float)value), count, dimensions);
    }

    /// <summary>Projects one vector.</summary>
    /// <param name="vector">d numbers.</param>
    /// <param name="results">Output, <see cref="Stride"/> numbers, those behind <see cref="Count"/> zero.</param>
    public void Apply(float* vector, float* results)
    {
        for (var j = 0; j < Stride; j += Padding)
        {
            var row = _rows.Pointer + j;
            var s0 = Vector512<float>.Zero;
            var s1 = Vector512<float>.Zero;
            var s2 = Vector512<float>.Zero;
            var s3 = Vector512<float>.Zero;
            for (var i = 0; i < Dimensions; i++, row += Stride)
            {
                var v = Vector512.Create(vector[i]);
                s0 = Vector512.FusedMultiplyAdd(v, Vector512.Load(row), s0);
                s1 = Vector512.FusedMultiplyAdd(v, Vector512.Load(row + Lanes), s1);
                s2 = Vector512.FusedMultiplyAdd(v, Vector512.Load(row + (2 * Lanes)), s2);
                s3 = Vector512.FusedMultiplyAdd(v, Vector512.Load(row + (3 * Lanes)), s3);
            }

            s0.Store(results + j);
            s1.Store(results + j + Lanes);
            s2.Store(results + j + (2 * Lanes));
            s3.Store(results + j + (3 * Lanes));
        }
    }

    private static void Subtract(Span<double> row, ReadOnlySpan<double> other)
    {
        var dot = 0.0;
        for (var i = 0; i < row.Length; i++)
        {
            dot += row[i] * other[i];
        }

        for (var i = 0; i < row.Length; i++)
        {
            row[i] -= dot * other[i];
        }
    }
}
