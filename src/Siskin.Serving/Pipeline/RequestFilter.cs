namespace Siskin.Serving.Pipeline;

/// <summary>Rules that every recommended item must meet; rules that are absent allow everything.</summary>
/// <remarks>Tags, ids and attributes that no item has are errors, so that a misspelling is not an empty list.</remarks>
public sealed record RequestFilter
{
    /// <summary>At least one of these tags.</summary>
    public IReadOnlyList<string> AnyTags { get; init; } = [];

    /// <summary>All of these tags.</summary>
    public IReadOnlyList<string> AllTags { get; init; } = [];

    /// <summary>None of these tags.</summary>
    public IReadOnlyList<string> NoTags { get; init; } = [];

    /// <summary>Only these items; null allows all. An empty list allows none.</summary>
    public IReadOnlyList<string>? OnlyItems { get; init; }

    /// <summary>None of these items. Unknown ids are allowed here: they exclude nothing.</summary>
    public IReadOnlyList<string> NoItems { get; init; } = [];

    /// <summary>Lowest price; items without a price fail a price rule.</summary>
    public double? MinPrice { get; init; }

    /// <summary>Highest price; items without a price fail a price rule.</summary>
    public double? MaxPrice { get; init; }

    /// <summary>Rules on declared attributes; all must hold.</summary>
    public IReadOnlyList<AttributeRule> Attributes { get; init; } = [];
}
