namespace Siskin.Offline.Jobs;

/// <summary>Writes the true score of every item for a user at a time; larger is better.</summary>
/// <param name="user">Id of the user.</param>
/// <param name="at">The time.</param>
/// <param name="scores">Output, one number an item, in the order of <see cref="TrainingData.Items"/>.</param>
public delegate void TrueScores(string user, DateTimeOffset at, Span<float> scores);
