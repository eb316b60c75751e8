namespace Siskin.Models.Evaluation;

/// <summary>One item that should stand high for a user.</summary>
/// <param name="User">The user.</param>
/// <param name="History">What the user took before, oldest first; may be empty for models that know the user.</param>
/// <param name="Target">The item.</param>
/// <param name="Negatives">The items that it is ranked among, without itself; null for the whole catalogue.</param>
public sealed record RankingCase(int User, int[] History, int Target, int[]? Negatives = null);
