namespace Siskin.Models.Evaluation;

/// <summary>How far probabilities are from shares.</summary>
/// <param name="ExpectedError">Mean over rows of |mean probability − share of positives| of the row's bin; NaN without rows.</param>
/// <param name="PredictedToObserved">Sum of probabilities / number of positives: above 1 is too sure; NaN without positives.</param>
/// <param name="Bins">The bins, lowest first.</param>
public sealed record CalibrationReport(double ExpectedError, double PredictedToObserved, IReadOnlyList<CalibrationBin> Bins);
