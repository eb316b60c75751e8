namespace Siskin.Data.Datasets.Columns;

/// <summary>Columns of a file that make one list.</summary>
/// <param name="Name">Name of the list.</param>
/// <param name="Columns">Its parts in the order in which the list takes them: for sequences the oldest first. Empty cells are left out.</param>
public sealed record ListColumn(string Name, IReadOnlyList<string> Columns);
