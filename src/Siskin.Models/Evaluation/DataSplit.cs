using Siskin.Models.Interactions;

namespace Siskin.Models.Evaluation;

/// <summary>Interactions to learn from and interactions to be judged by, each in their original order.</summary>
/// <param name="Train">To learn from.</param>
/// <param name="Test">To be judged by.</param>
public sealed record DataSplit(Interaction[] Train, Interaction[] Test);
