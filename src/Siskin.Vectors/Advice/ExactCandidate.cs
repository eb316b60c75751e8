using Siskin.Vectors.Exact;
using Siskin.Vectors.Files;

namespace Siskin.Vectors.Advice;

/// <summary>Comparing with every vector.</summary>
internal sealed class ExactCandidate : IndexCandidate
{
    public override string Name => "exact";

    public override string Kind => "exact";

    public override GrowthLaw SearchGrowth => GrowthLaw.Linear;

    public override GrowthLaw ChangeGrowth => GrowthLaw.Constant;

    public override IVectorIndex Build(VectorSet sample, IndexAdvisorOptions options, CancellationToken cancellationToken) =>
        new ExactIndex(sample.Rows, sample.Dimensions, options.Metric);
}
