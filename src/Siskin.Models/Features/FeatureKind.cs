namespace Siskin.Models.Features;

/// <summary>The form of an encoded feature.</summary>
public enum FeatureKind
{
    /// <summary>One float per row.</summary>
    Dense,

    /// <summary>One id per row.</summary>
    Categorical,

    /// <summary>Any number of ids per row.</summary>
    List,
}
