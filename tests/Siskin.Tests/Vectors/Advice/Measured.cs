using Siskin.Vectors;
using Siskin.Vectors.Advice;

namespace Siskin.Tests.Vectors.Advice;

/// <summary>Measurements made up for decisions about them.</summary>
internal static class Measured
{
    /// <summary>So many that what is counted is certain.</summary>
    public const long ManyNeighbours = 1_000_000_000_000;

    /// <summary>One point of a curve whose p99 is twice the mean.</summary>
    public static EffortFigures At(int effort, double recall, double microseconds) => new(effort, recall, microseconds, 2 * microseconds);

    public static CandidateMeasurement Sample(int rows, long bytes, double add, params EffortFigures[] points) =>
        new(rows, ManyNeighbours, rows * 1e-4, new IndexMemory(bytes, 0), points, add, add / 2, 1);

    public static MeasuredCandidate Graph(string name, params CandidateMeasurement[] samples) =>
        new(name, "hnsw", new Dictionary<string, string> { ["M"] = "16" }, "EfSearch", GrowthLaw.Logarithmic, GrowthLaw.Logarithmic, samples);

    public static MeasuredCandidate Exact(params CandidateMeasurement[] samples) =>
        new("exact", "exact", new Dictionary<string, string>(), null, GrowthLaw.Linear, GrowthLaw.Constant, samples);

    public static IndexAdvice Decide(IndexAdvisorOptions options, params MeasuredCandidate[] candidates) =>
        AdviceRun.Decide(candidates, options, 16, 1000, 100, 1);
}
