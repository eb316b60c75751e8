using System.Globalization;
using Siskin.Vectors.Files;
using Siskin.Vectors.Lsh;

namespace Siskin.Vectors.Advice;

/// <summary>Hashing with the settings that it chooses for the number of vectors; <see cref="LshTuner"/> may find better ones.</summary>
/// <remarks>
/// Samples are hashed by as many functions as all vectors would be. With as many buckets at any n, recall at one number of probes hardly
/// changes, and what a bucket holds grows in proportion.
/// </remarks>
internal sealed class LshCandidate : IndexCandidate
{
    private readonly LshOptions _options = new();

    public override string Name => "LSH";

    public override string Kind => "lsh";

    public override string EffortName => nameof(LshOptions.Probes);

    public override GrowthLaw SearchGrowth => GrowthLaw.Affine;

    public override GrowthLaw ChangeGrowth => GrowthLaw.Logarithmic;

    public override IReadOnlyDictionary<string, string> Parameters(long count) => new Dictionary<string, string>
    {
        [nameof(LshOptions.Functions)] = FunctionsFor(count).ToString(CultureInfo.InvariantCulture),
        [nameof(LshOptions.Policy)] = _options.Policy.ToString(),
        [nameof(LshOptions.SketchBits)] = _options.SketchBits.ToString(CultureInfo.InvariantCulture),
    };

    public override IReadOnlyList<int> Efforts(int k) => [8, 16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024];

    public override IVectorIndex Build(VectorSet sample, IndexAdvisorOptions options, CancellationToken cancellationToken) =>
        LshIndex.Build(sample.Rows.Span, sample.Dimensions, options.Metric, _options with { Functions = FunctionsFor(options.Count), Seed = options.Seed }, threads: options.Threads);

    private int FunctionsFor(long count) => LshLearning.DefaultFunctions(_options, (int)Math.Min(count, int.MaxValue));
}
