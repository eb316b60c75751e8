using Siskin.Data.Datasets.Columns;

namespace Siskin.Models.Features;

/// <summary>Rows to learn clicks from and rows to be judged by.</summary>
/// <param name="Name">Name of the data.</param>
/// <param name="Schema">Features, label and user as group.</param>
/// <param name="Train">To learn from; encoders are fitted on these rows only.</param>
/// <param name="Test">To be judged by.</param>
/// <param name="IsTemporal">Whether every test row is later than every training row.</param>
public sealed record ClickDataset(string Name, FeatureSchema Schema, ColumnTable Train, ColumnTable Test, bool IsTemporal);
