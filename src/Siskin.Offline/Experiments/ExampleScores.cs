namespace Siskin.Offline.Experiments;

/// <summary>Scores of examples, with what they should have been and whose they are.</summary>
internal sealed record ExampleScores(float[] Scores, float[] Labels, int[] Users);
