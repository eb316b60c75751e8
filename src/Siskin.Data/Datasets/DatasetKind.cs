namespace Siskin.Data.Datasets;

/// <summary>What the rows of a file or a stream are.</summary>
public enum DatasetKind
{
    /// <summary>Things that can be recommended.</summary>
    Items,

    /// <summary>Those who receive recommendations.</summary>
    Users,

    /// <summary>What users did with items.</summary>
    Events,
}
