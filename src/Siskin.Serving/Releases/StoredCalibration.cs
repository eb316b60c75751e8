namespace Siskin.Serving.Releases;

/// <summary>The calibration of one channel as it stands in a release's JSON.</summary>
internal sealed record StoredCalibration(string Channel, float MissingLogit, float[] Scores, float[] Probabilities);
