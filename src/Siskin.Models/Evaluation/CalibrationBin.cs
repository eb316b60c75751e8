namespace Siskin.Models.Evaluation;

/// <summary>Rows whose probabilities lie in one interval.</summary>
/// <param name="Count">Rows.</param>
/// <param name="Predicted">Mean probability; NaN without rows.</param>
/// <param name="Observed">Share of positives; NaN without rows.</param>
public readonly record struct CalibrationBin(long Count, double Predicted, double Observed);
