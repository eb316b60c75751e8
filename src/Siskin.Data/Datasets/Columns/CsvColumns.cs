namespace Siskin.Data.Datasets.Columns;

/// <summary>What each column of a CSV file holds. Columns that are not named are texts.</summary>
public sealed record CsvColumns
{
    /// <summary>Columns of numbers; an empty cell is NaN, and so is the text NaN.</summary>
    public IReadOnlyList<string> Numbers { get; init; } = [];

    /// <summary>Groups of columns that make a list.</summary>
    public IReadOnlyList<ListColumn> Lists { get; init; } = [];

    /// <summary>Columns to leave out.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];
}
