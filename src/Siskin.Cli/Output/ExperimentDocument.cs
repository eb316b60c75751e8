using Siskin.Models.Evaluation;
using Siskin.Offline.Experiments;

namespace Siskin.Cli.Output;

/// <summary>What <c>siskin evaluate --model … --json</c> prints for a model.</summary>
internal sealed record ExperimentDocument(
    string Model,
    string Protocol,
    string Dataset,
    bool Validation,
    IReadOnlyDictionary<string, object> Parameters,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyDictionary<string, double>? Deviations,
    IReadOnlyDictionary<string, ConfidenceInterval>? Intervals,
    IReadOnlyList<int> Seeds,
    double Seconds,
    int? BestEpoch,
    IReadOnlyList<string> Notes)
{
    public static ExperimentDocument Of(ExperimentResult result) => new(
        result.Model,
        result.Protocol,
        result.Dataset,
        result.IsValidation,
        Typed(result.Parameters),
        result.Metrics,
        result.Deviations,
        result.Intervals,
        result.Seeds,
        result.Seconds,
        result.Training?.BestEpoch,
        result.Notes);

    /// <summary>Numbers and truth values as such, all else as text.</summary>
    internal static IReadOnlyDictionary<string, object> Typed(IReadOnlyDictionary<string, string> settings) => settings.ToDictionary(
        setting => setting.Key,
        setting => double.TryParse(setting.Value, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number
            : bool.TryParse(setting.Value, out var truth) ? truth
            : (object)setting.Value);
}
