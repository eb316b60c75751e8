namespace Siskin.Vectors.Lsh;

/// <summary>A fixed set of functions of one family, made from a seed; <see cref="LshProbability"/> says how often they agree.</summary>
/// <remarks>
/// Immutable and safe for concurrent use. <see cref="LshIndex"/> uses these; alone they serve to group vectors or to hash for the
/// sum of absolute differences, which no index here measures. The same seed gives the same functions on every machine.
/// </remarks>
public sealed unsafe class LshFunctions
{
    private readonly Projections _projections;
    private readonly float[] _offsets;
    private readonly float _inverseWidth;

    /// <summary>Draws functions.</summary>
    /// <param name="family">The family. Directions of signs stand at right angles, d at a time, which scatters less; all others are independent.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="dimensions">d, at least 1.</param>
    /// <param name="width">w, above 0; signs ignore it.</param>
    /// <param name="seed">Seed of the directions and shifts.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public LshFunctions(LshFamily family, int count, int dimensions, double width = 1, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        if (!(width > 0) || !double.IsFinite(width))
        {
            throw new ArgumentOutOfRangeException(nameof(width), width, "a bucket is wider than 0");
        }

        Family = family;
        var directions = SeededRandom.Mix((ulong)seed + 1);
        _projections = family switch
        {
            LshFamily.GaussianProjection => Projections.Gaussian(count, dimensions, directions),
            LshFamily.CauchyProjection => Projections.Cauchy(count, dimensions, directions),
            LshFamily.SignProjection => Projections.Orthogonal(count, dimensions, directions),
            _ => throw new ArgumentOutOfRangeException(nameof(family), family, "no such family"),
        };
        _inverseWidth = (float)(1 / width);
        var random = new SeededRandom(SeededRandom.Mix((ulong)seed + 2));
        _offsets = new float[count];
        for (var j = 0; j < count && family != LshFamily.SignProjection; j++)
        {
            // b / w, so that ⌊(a·v + b) / w⌋ = ⌊a·v / w + b / w⌋.
            _offsets[j] = (float)random.NextDouble();
        }
    }

    /// <summary>Takes functions as a file holds them.</summary>
    internal LshFunctions(LshFamily family, Projections projections, double width, float[] offsets) =>
        (Family, _projections, _inverseWidth, _offsets) = (family, projections, (float)(1 / width), offsets);

    /// <summary>The family.</summary>
    public LshFamily Family { get; }

    /// <summary>Number of functions.</summary>
    public int Count => _projections.Count;

    /// <summary>Numbers per vector, d.</summary>
    public int Dimensions => _projections.Dimensions;

    internal int Stride => _projections.Stride;

    internal ReadOnlySpan<float> Directions => _projections.Rows;

    /// <summary>b / w of each function.</summary>
    internal ReadOnlySpan<float> Offsets => _offsets;

    internal long SizeBytes => _projections.SizeBytes + (_offsets.Length * 4L);

    /// <summary>Computes the value of every function for a vector: an integer, or 1 and 0 for signs.</summary>
    /// <param name="vector">Length d.</param>
    /// <param name="values">Output, one per function.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    /// <remarks>O(d · count).</remarks>
    public void Hash(ReadOnlySpan<float> vector, Span<int> values)
    {
        if (vector.Length != Dimensions || values.Length != Count)
        {
            throw new ArgumentException($"a vector of {vector.Length} numbers and room for {values.Length} values do not fit {Dimensions} dimensions and {Count} functions");
        }

        fixed (float* from = vector)
        fixed (float* projected = new float[Stride])
        {
            Project(from, projected);
            for (var j = 0; j < values.Length; j++)
            {
                values[j] = Family == LshFamily.SignProjection ? (projected[j] >= 0 ? 1 : 0) : (int)MathF.Floor(projected[j]);
            }
        }
    }

    /// <summary>Values before they are cut to integers: (a·v + b) / w, or a·v for signs.</summary>
    /// <param name="vector">d numbers.</param>
    /// <param name="values">Output, <see cref="Stride"/> numbers.</param>
    internal void Project(float* vector, float* values)
    {
        _projections.Apply(vector, values);
        if (Family == LshFamily.SignProjection)
        {
            return;
        }

        for (var j = 0; j < _offsets.Length; j++)
        {
            values[j] = (values[j] * _inverseWidth) + _offsets[j];
        }
    }
}
