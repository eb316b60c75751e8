namespace Siskin.Serving.Pipeline;

/// <summary>Rules that every recommended item must meet; rules that are absent allow everything.</summary>
/// <remarks>
/// Tags, ids and attributes that no item has are errors, so that a misspelling is not an empty list. So are more than
/// 100 tags in a rule, 10,000 items or 20 attribute rules. A list that is null counts as empty.
/// </remarks>
public sealed record RequestFilter
{
    /// <summary>At least one of these tags.</summary>
    public IReadOnlyList<string> AnyTags { get; init => field = value ?? []; } = [];

    /// <summary>All of these tags.</summary>
    public IReadOnlyList<string> AllTags { get; init => field = value ?? []; } = [];

    /// <summary>None of these tags.</summary>
    public IReadOnlyList<string> NoTags { get; init => field = value ?? []; } = [];

    /// <summary>Only these items; null allows all. An empty list allows none.</summary>
    public IReadOnlyList<string>? OnlyItems { get; init; }

    /// <summary>None of these items. Unknown ids are allowed here: they exclude nothing.</summary>
    public IReadOnlyList<string> NoItems { get; init => field = value ?? []; } = [];

    /// <summary>Lowest price; items without a price fail a price rule.</summary>
    public double? MinPrice { get; init; }

    /// <summary>Highest price; items without a price fail a price rule.</summary>
    public double? MaxPrice { get; init; }

    /// <summary>Rules on declared attributes; all must hold.</summary>
    public IReadOnlyList<AttributeRule> Attributes { get; init => field = value ?? []; } = [];
}
