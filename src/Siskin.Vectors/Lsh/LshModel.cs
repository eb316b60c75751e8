using System.Runtime.Intrinsics;
using Siskin.Vectors.Kernels;

namespace Siskin.Vectors.Lsh;

/// <summary>All that is fixed when an index is built: the centre of the vectors, the functions, the sketch.</summary>
/// <remarks>
/// Vectors come in ready: normalised when the metric is cosine. All functions see them relative to the centre, because embeddings
/// often lie in a cone, in which signs of projections through the origin hardly differ. Immutable, safe for concurrent use.
/// </remarks>
internal sealed unsafe class LshModel
{
    private readonly LshFunctions _functions;
    private readonly Projections? _sketch;
    private readonly BlockOf<float> _centre;

    /// <summary>Draws functions.</summary>
    /// <param name="metric">How nearness is measured.</param>
    /// <param name="options">Valid ones, with nothing left to choose.</param>
    /// <param name="centre">Length d.</param>
    /// <param name="liftNorm">φ of the lift; see <see cref="LiftNorm"/>.</param>
    public LshModel(VectorMetric metric, LshOptions options, ReadOnlySpan<float> centre, float liftNorm = 0)
        : this(metric, options, centre, liftNorm, null)
    {
    }

    /// <summary>Takes functions, multipliers and, when there are any, sketch directions as a file holds them; draws them when there are none.</summary>
    internal LshModel(VectorMetric metric, LshOptions options, ReadOnlySpan<float> centre, float liftNorm, (LshFunctions Functions, ulong[] Multipliers, Projections? Sketch)? saved)
    {
        Metric = metric;
        Options = options;
        Dimensions = centre.Length;
        _centre = new BlockOf<float>(Dimensions);
        centre.CopyTo(new Span<float>(_centre.Pointer, Dimensions));
        Tables = options.Policy == LshPolicy.Or ? options.Tables * options.Functions : options.Tables;
        PerTable = options.Policy == LshPolicy.Or ? 1 : options.Functions;
        HasSigns = options.Family == LshFamily.SignProjection;
        HasBuckets = options.Policy != LshPolicy.AtLeast;
        LiftNorm = liftNorm;
        var seed = (ulong)options.Seed;
        var count = Tables * PerTable;
        _functions = saved?.Functions ?? new LshFunctions(options.Family, count, HashedDimensions, WidthOf(options), options.Seed);
        Multipliers = saved?.Multipliers ?? Draw(count, SeededRandom.Mix(seed + 4));
        if (HasBuckets)
        {
            SketchWords = options.SketchBits / 64;
            _sketch = SketchWords == 0 ? null : saved?.Sketch ?? Projections.Orthogonal(options.SketchBits, Dimensions, SeededRandom.Mix(seed + 3));
        }
        else if (HasSigns)
        {
            SketchWords = (options.Functions + 63) / 64;
        }

        SignatureBytes = HasBuckets || HasSigns ? 0 : (options.Functions + 31) / 32 * 32;
        Values = Math.Max(_functions.Stride, _sketch?.Stride ?? 0);
        MemoryBytes = _functions.SizeBytes + (_sketch?.SizeBytes ?? 0) + _centre.SizeBytes + (count * 8L);
    }

    public VectorMetric Metric { get; }

    public LshOptions Options { get; }

    public int Dimensions { get; }

    /// <summary>Numbers per vector that the functions see: one more than d with the lift.</summary>
    public int HashedDimensions => Dimensions + (Options.Lift ? 1 : 0);

    /// <summary>
    /// φ, the largest norm at building: the lift appends √(φ² − ‖x‖²) to a vector and 0 to a query of norm φ, so that
    /// ‖q̃ − x̃‖² = 2φ² − 2⟨q, x⟩ (Neyshabur and Srebro 2015).
    /// </summary>
    public float LiftNorm { get; }

    /// <summary>Number of tables: for Or one per function.</summary>
    public int Tables { get; }

    /// <summary>Functions per table.</summary>
    public int PerTable { get; }

    /// <summary>Whether functions have two values, the signs, and not any integer.</summary>
    public bool HasSigns { get; }

    /// <summary>Whether tables have buckets; otherwise they have signatures.</summary>
    public bool HasBuckets { get; }

    /// <summary>Words of 64 bits per row and table: of the sketch, or of the signature of signs; 0 for none.</summary>
    public int SketchWords { get; }

    /// <summary>Bytes per row and table of the signature of integers; 0 for none.</summary>
    public int SignatureBytes { get; }

    /// <summary>Room that projecting needs, in numbers.</summary>
    public int Values { get; }

    /// <summary>Random odd numbers, one per function: a bucket's key is the sum of value times number, mixed (Carter and Wegman 1979).</summary>
    public ulong[] Multipliers { get; }

    public long MemoryBytes { get; }

    /// <summary>Where all vectors are seen from, d numbers.</summary>
    public float* Centre => _centre.Pointer;

    /// <summary>The functions, for saving.</summary>
    public LshFunctions Functions => _functions;

    /// <summary>Directions of the sketch, for saving; null when signatures take its place or there is none.</summary>
    public Projections? SketchDirections => _sketch;

    /// <summary>w of the settings, or 1 where it means nothing.</summary>
    public static double WidthOf(LshOptions options) => options.Family == LshFamily.SignProjection ? 1 : options.BucketWidth;

    /// <summary>Moves a vector to the centre, and lifts it when the settings say so.</summary>
    /// <param name="vector">d numbers.</param>
    /// <param name="result">Output, <see cref="HashedDimensions"/> numbers.</param>
    /// <returns>Its norm there, not lifted.</returns>
    public float Centred(float* vector, float* result)
    {
        var norm = Moved(vector, result);
        if (Options.Lift)
        {
            // A vector added later may be longer than any before; it is hashed as if it were as long.
            result[Dimensions] = MathF.Sqrt(MathF.Max(0, (LiftNorm * LiftNorm) - (norm * norm)));
        }

        return norm;
    }

    /// <summary>Makes a query ready that asks for the inner product: only vectors move, since ⟨x, q⟩ = ⟨x − c, q⟩ + ⟨c, q⟩.</summary>
    /// <param name="query">d numbers.</param>
    /// <param name="result">Output, <see cref="HashedDimensions"/> numbers.</param>
    /// <returns>Its norm as given.</returns>
    public float LiftedQuery(float* query, float* result)
    {
        var norm = VectorMath.Norm(new ReadOnlySpan<float>(query, Dimensions));
        var scale = Options.Lift && norm > 0 ? LiftNorm / norm : 1;
        for (var i = 0; i < Dimensions; i++)
        {
            result[i] = query[i] * scale;
        }

        if (Options.Lift)
        {
            result[Dimensions] = 0;
        }

        return norm;
    }

    /// <summary>Values of all functions before they are cut to integers: (a·v + b) / w, or a·v for signs. Table t has those from t · <see cref="PerTable"/>.</summary>
    public void Project(float* centred, float* values) => _functions.Project(centred, values);

    /// <summary>Key of a table's bucket, from the values of the table's functions.</summary>
    public ulong Key(float* values, int table) => HasSigns ? SignKey(values + (table * PerTable)) : SeededRandom.Mix(IntegerSum(values + (table * PerTable), table));

    /// <summary>The key of integers before mixing: changing function j by δ adds δ times its multiplier.</summary>
    public ulong IntegerSum(float* values, int table)
    {
        var sum = 0ul;
        for (var j = 0; j < PerTable; j++)
        {
            sum += (ulong)(long)MathF.Floor(values[j]) * Multipliers[(table * PerTable) + j];
        }

        return sum;
    }

    /// <summary>The signs of a table's functions as bits, the first lowest.</summary>
    public ulong SignKey(float* values)
    {
        var key = 0ul;
        for (var j = 0; j < PerTable; j++)
        {
            key |= values[j] >= 0 ? 1ul << j : 0;
        }

        return key;
    }

    /// <summary>Sketch of a centred vector, <see cref="SketchWords"/> words. Only with buckets.</summary>
    /// <param name="centred">d numbers.</param>
    /// <param name="values">Room for <see cref="Values"/> numbers.</param>
    /// <param name="words">Output.</param>
    public void Sketch(float* centred, float* values, ulong* words)
    {
        if (_sketch is not null)
        {
            _sketch.Apply(centred, values);
            Signs(values, words, SketchWords);
        }
    }

    /// <summary>Signature of a table of signs, from the values of all functions.</summary>
    public void SignSignature(float* values, int table, ulong* words)
    {
        for (var w = 0; w < SketchWords; w++)
        {
            var word = 0ul;
            for (var j = w * 64; j < Math.Min(PerTable, (w + 1) * 64); j++)
            {
                word |= values[(table * PerTable) + j] >= 0 ? 1ul << (j & 63) : 0;
            }

            words[w] = word;
        }
    }

    /// <summary>Signature of a table of integers, their lowest bytes; 256 apart is as good as equal, and does not happen to near vectors.</summary>
    /// <param name="values">Of all functions.</param>
    /// <param name="table">Which table.</param>
    /// <param name="padding">What fills the bytes behind the last function: different for rows and queries, so that it never agrees.</param>
    /// <param name="bytes">Output, <see cref="SignatureBytes"/> long.</param>
    public void IntegerSignature(float* values, int table, byte padding, byte* bytes)
    {
        for (var j = 0; j < SignatureBytes; j++)
        {
            bytes[j] = j < PerTable ? (byte)(long)MathF.Floor(values[(table * PerTable) + j]) : padding;
        }
    }

    private float Moved(float* vector, float* result)
    {
        for (var i = 0; i < Dimensions; i++)
        {
            result[i] = vector[i] - _centre.Pointer[i];
        }

        return VectorMath.Norm(new ReadOnlySpan<float>(result, Dimensions));
    }

    private static ulong[] Draw(int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        var multipliers = new ulong[count];
        foreach (ref var multiplier in multipliers.AsSpan())
        {
            multiplier = random.NextUInt64() | 1;
        }

        return multipliers;
    }

    private static void Signs(float* values, ulong* words, int count)
    {
        for (var w = 0; w < count; w++)
        {
            var word = 0ul;
            for (var part = 0; part < 4; part++)
            {
                var isPositive = Vector512.GreaterThanOrEqual(Vector512.Load(values + (w * 64) + (part * 16)), Vector512<float>.Zero);
                word |= isPositive.ExtractMostSignificantBits() << (part * 16);
            }

            words[w] = word;
        }
    }
}
