namespace Siskin.Data.Datasets;

/// <summary>A value and the place that it was read from.</summary>
internal readonly record struct DatasetRow<T>(T Value, string Path, long Line);
