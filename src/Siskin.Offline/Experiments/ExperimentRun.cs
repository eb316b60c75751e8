using Siskin.Models.Evaluation;
using Siskin.Models.Training;

namespace Siskin.Offline.Experiments;

/// <summary>One training and its figures.</summary>
internal sealed record ExperimentRun(
    IReadOnlyDictionary<string, double> Metrics, IReadOnlyDictionary<string, UserMetric[]> ByUser, double Seconds, GraphTrainingReport? Training, IReadOnlyList<string> Notes)
{
    /// <summary>What the examples of the test part got; null where there are none.</summary>
    public ExampleScores? Examples { get; init; }
}
