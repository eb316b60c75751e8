using Siskin.Vectors.Files;
using Siskin.Vectors.Quantization;
using Siskin.Vectors.Scan;

namespace Siskin.Vectors.Advice;

/// <summary>Inverted lists of one format. There are about 4·√n of them, so that a list has a share of √n too.</summary>
internal sealed class ScanCandidate(VectorFormat format) : IndexCandidate
{
    private readonly ScanOptions _options = new() { Format = format };

    public override string Name => _options.Format == VectorFormat.ProductQuantized ? "scan PQ" : "scan int8";

    public override string Kind => "scan";

    public override string EffortName => nameof(ScanOptions.Probes);

    public override IReadOnlyDictionary<string, string> Parameters(long count) => new Dictionary<string, string> { [nameof(ScanOptions.Format)] = _options.Format.ToString() };

    public override GrowthLaw SearchGrowth => GrowthLaw.SquareRoot;

    public override GrowthLaw ChangeGrowth => GrowthLaw.SquareRoot;

    public override IReadOnlyList<int> Efforts(int k) => [2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256];

    public override IVectorIndex Build(VectorSet sample, IndexAdvisorOptions options, CancellationToken cancellationToken) =>
        ScanIndex.Build(
            sample.Rows,
            sample.Dimensions,
            options.Metric,
            _options with { Seed = (ulong)(uint)options.Seed, Threads = options.Threads },
            cancellationToken);

    public override int WholeEffort(IVectorIndex index) => ((ScanIndex)index).Options.Lists;
}
