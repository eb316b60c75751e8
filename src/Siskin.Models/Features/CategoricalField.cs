namespace Siskin.Models.Features;

/// <summary>One text per row.</summary>
public sealed record CategoricalField : TokenField;
