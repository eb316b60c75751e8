using System.ComponentModel.DataAnnotations;

namespace Siskin.Vectors.Lsh;

/// <summary>Settings of <see cref="LshIndex"/>. <see cref="LshTuner"/> finds good ones for given vectors.</summary>
/// <remarks>Two filters stand before the exact comparison: buckets choose rows, and among these sketches choose the ones worth comparing.</remarks>
public sealed record LshOptions
{
    /// <summary>m of AtLeast when the options do not say.</summary>
    internal const int DefaultCompared = 128;

    /// <summary>
    /// The functions that make buckets: <see cref="LshFamily.SignProjection"/> for every metric, <see cref="LshFamily.GaussianProjection"/>
    /// for L2 and cosine, and for the inner product with <see cref="Lift"/>.
    /// </summary>
    /// <value>SignProjection.</value>
    public LshFamily Family { get; init; } = LshFamily.SignProjection;

    /// <summary>How the functions of a group are combined.</summary>
    /// <value>And.</value>
    public LshPolicy Policy { get; init; } = LshPolicy.And;

    /// <summary>
    /// m, functions per group: at most 32 for And and Or, 1,024 for AtLeast; 0 chooses at building from the number of
    /// vectors: And such that a bucket holds about 256, Or 4, AtLeast 128.
    /// </summary>
    /// <value>0.</value>
    [Range(0, 1024)]
    public int Functions { get; init; }

    /// <summary>r, for AtLeast: how many of the m functions must agree when there is one probe; 0 takes as many as leaves three quarters of m at <see cref="Probes"/>.</summary>
    /// <value>0.</value>
    [Range(0, 1024)]
    public int Required { get; init; }

    /// <summary>L, groups of functions, each with buckets of its own; a vector is a candidate when one group says so.</summary>
    /// <value>1.</value>
    [Range(1, 256)]
    public int Tables { get; init; } = 1;

    /// <summary>
    /// Buckets looked into per table, the query's own first, then those most likely to hold near vectors (multi-probe). For
    /// AtLeast each one more lets one function more disagree. <see cref="SearchOptions.Effort"/> overrides it.
    /// </summary>
    /// <value>32.</value>
    [Range(1, 1 << 20)]
    public int Probes { get; init; } = 32;

    /// <summary>w of the projections, in the units of the vectors; 0 chooses at building four times the distance to a near vector, measured on a sample.</summary>
    /// <value>0.</value>
    [Range(0, 1e30)]
    public double BucketWidth { get; init; }

    /// <summary>Bits of the sketch kept beside each vector, a multiple of 64; 0 keeps none, and every candidate is compared exactly. Not used by AtLeast.</summary>
    /// <value>256.</value>
    [Range(0, 1024)]
    public int SketchBits { get; init; } = 256;

    /// <summary>
    /// A candidate is compared exactly when its sketch agrees in at least r of m bits, where r = m·p − z·√(m·p·(1 − p)), p is
    /// the collision probability at the k-th best score so far and z is this number: larger loses fewer and costs more.
    /// </summary>
    /// <value>1.</value>
    [Range(-10.0, 10.0)]
    public double SketchDeviations { get; init; } = 1;

    /// <summary>
    /// Whether vectors are given one more number, √(φ² − ‖x‖²) with φ the largest norm, which makes the order by inner product
    /// one by distance and by angle (Neyshabur and Srebro 2015). Only for the inner product. See <see cref="LshIndex"/> for its pitfalls.
    /// </summary>
    /// <value>False: buckets by angle, and within them the longest vectors first.</value>
    public bool Lift { get; init; }

    /// <summary>Seed of all functions; the same seed and vectors give the same index.</summary>
    /// <value>1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>Finds every setting that is not allowed, alone or with others.</summary>
    /// <param name="metric">What the index will measure.</param>
    /// <exception cref="ArgumentException">Something is not allowed; the message names each such setting, its value and what is allowed.</exception>
    public void Validate(VectorMetric metric)
    {
        var errors = new List<string>();
        Check(errors, nameof(Functions), Functions, 0, Policy == LshPolicy.AtLeast ? 1024 : 32);
        Check(errors, nameof(Required), Required, 0, Policy != LshPolicy.AtLeast ? 1024 : Functions == 0 ? DefaultCompared : Functions);
        Check(errors, nameof(Tables), Tables, 1, 256);
        Check(errors, nameof(Probes), Probes, 1, 1 << 20);
        Check(errors, nameof(BucketWidth), BucketWidth, 0, 1e30);
        Check(errors, nameof(SketchBits), SketchBits, 0, 1024);
        Check(errors, nameof(SketchDeviations), SketchDeviations, -10, 10);
        if (SketchBits % 64 != 0)
        {
            errors.Add($"{nameof(SketchBits)} is {SketchBits}; it must be a multiple of 64");
        }

        if (!Enum.IsDefined(Policy))
        {
            errors.Add($"{nameof(Policy)} is {Policy}; it must be And, Or or AtLeast");
        }

        if (Lift && metric != VectorMetric.InnerProduct)
        {
            errors.Add($"{nameof(Lift)} is set; only the inner product allows it, not {metric}");
        }

        if (Family is not (LshFamily.SignProjection or LshFamily.GaussianProjection) || (Family == LshFamily.GaussianProjection && metric == VectorMetric.InnerProduct && !Lift))
        {
            errors.Add($"{nameof(Family)} is {Family}; {metric} allows SignProjection and {(metric == VectorMetric.InnerProduct ? $"with {nameof(Lift)} " : string.Empty)}GaussianProjection");
        }

        if (errors.Count > 0)
        {
            throw new ArgumentException($"settings of the LSH index: {string.Join("; ", errors)}");
        }
    }

    private static void Check(List<string> errors, string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            errors.Add($"{name} is {value}; it must be {least} to {most}");
        }
    }
}
