namespace Siskin.Models.Evaluation;

/// <summary>AUC by groups.</summary>
/// <param name="Value">Mean of the groups' AUC weighted by their rows; NaN without a group that has both classes.</param>
/// <param name="Groups">Groups that count.</param>
/// <param name="LeftOut">Groups with one class only.</param>
/// <param name="Rows">Rows of the groups that count.</param>
public readonly record struct GroupedAuc(double Value, int Groups, int LeftOut, long Rows);
