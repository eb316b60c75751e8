namespace Siskin.Inference.Pmml.Models;

/// <summary>Who takes the antecedent takes the consequent.</summary>
internal sealed record AssociationRule(string Id, string[] Antecedent, string[] Consequent, double Support, double Confidence, double Lift);
