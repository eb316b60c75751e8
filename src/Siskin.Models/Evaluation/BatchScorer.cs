namespace Siskin.Models.Evaluation;

/// <summary>Scores candidates for a batch of users; called from several threads at once.</summary>
/// <param name="cases">B users with their histories; targets and negatives are not to be looked at.</param>
/// <param name="candidates">
/// Items, row-major, B × C, C the same for all of a batch; or empty, and then every item of the catalogue in ascending order is a candidate of every user.
/// </param>
/// <param name="scores">Output, row-major, B × C; higher is better, every entry is written.</param>
public delegate void BatchScorer(ReadOnlySpan<RankingCase> cases, ReadOnlySpan<int> candidates, Span<float> scores);
