namespace Siskin.Models.Evaluation;

/// <summary>How one model differs from another on the same users.</summary>
/// <param name="Difference">Interval of the weighted mean of second − first.</param>
/// <param name="PValue">
/// Two-sided: twice the smaller share of resamples on either side of 0, those at 0 on both, with one added to count and total, at most 1.
/// </param>
public readonly record struct PairedDifference(ConfidenceInterval Difference, double PValue);
