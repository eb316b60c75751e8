using Siskin.Models.Evaluation;

namespace Siskin.Offline.Jobs;

/// <summary>One recommender's figures.</summary>
/// <param name="Name">The recommender.</param>
/// <param name="Report">Its figures.</param>
public sealed record EvaluationRow(string Name, RankingReport Report);
