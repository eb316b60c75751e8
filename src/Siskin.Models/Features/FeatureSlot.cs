namespace Siskin.Models.Features;

/// <summary>Where a feature stands in a <see cref="FeatureTable"/>.</summary>
/// <param name="Field">The feature.</param>
/// <param name="Kind">Its encoded form.</param>
/// <param name="Index">Its place among the features of that form, from 0.</param>
/// <param name="Vocabulary">Number of its id space in <see cref="FeatureLayout.VocabularySizes"/>; −1 for dense ones. Features that share ids share it.</param>
/// <param name="Size">Ids in that space, 0 included; 0 for dense ones.</param>
public sealed record FeatureSlot(FeatureField Field, FeatureKind Kind, int Index, int Vocabulary, int Size);
