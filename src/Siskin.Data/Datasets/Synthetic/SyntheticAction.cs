namespace Siskin.Data.Datasets.Synthetic;

/// <summary>One event of a synthetic world, by numbers.</summary>
/// <param name="User">Number of the user.</param>
/// <param name="Item">Number of the item.</param>
/// <param name="Kind">What the user did.</param>
/// <param name="Rating">1 to 5 for a rating, else 0.</param>
/// <param name="Milliseconds">After the start.</param>
internal readonly record struct SyntheticAction(int User, int Item, SyntheticActionKind Kind, int Rating, long Milliseconds);
