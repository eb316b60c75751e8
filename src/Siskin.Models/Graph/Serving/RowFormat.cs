namespace Siskin.Models.Graph.Serving;

/// <summary>How numbers of rows that are kept for each item are stored.</summary>
public enum RowFormat
{
    /// <summary>Four bytes each, exact.</summary>
    Single,

    /// <summary>Two bytes each: eleven bits of precision.</summary>
    Half,

    /// <summary>One byte each and a scale for each row: 1/254 of the row's largest number at the most away.</summary>
    Int8,
}
