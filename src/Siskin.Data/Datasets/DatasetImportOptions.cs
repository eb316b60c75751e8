namespace Siskin.Data.Datasets;

/// <summary>How an import treats bad rows.</summary>
public sealed record DatasetImportOptions
{
    /// <summary>Whether the first bad row ends the import; what was written before stays.</summary>
    /// <value>False: bad rows are counted and left out.</value>
    public bool IsStrict { get; init; }

    /// <summary>Told of each bad row.</summary>
    public Action<BadRow>? OnBadRow { get; init; }

    /// <summary>Told what readers found out by themselves.</summary>
    public Action<string>? OnNote { get; init; }
}
