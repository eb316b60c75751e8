namespace Siskin.Models.Evaluation;

/// <summary>Scores the whole catalogue for a user; called from several threads at once.</summary>
/// <param name="user">Row of the user.</param>
/// <param name="scores">Output, one for each item, higher is better; every entry is written. NaN and −∞ keep an item out.</param>
public delegate void DenseScorer(int user, Span<float> scores);
