namespace Siskin.Models.Evaluation;

/// <summary>One user's figure in any metric.</summary>
/// <param name="User">The user.</param>
/// <param name="Value">The figure; NaN where the user has none, which leaves the user out.</param>
/// <param name="Weight">Weight in the mean, above 0: 1, or the user's impressions.</param>
public readonly record struct UserMetric(int User, double Value, double Weight = 1);
