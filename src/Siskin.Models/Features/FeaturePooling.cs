namespace Siskin.Models.Features;

/// <summary>How the vectors of a <see cref="MultiHotField"/> become one.</summary>
public enum FeaturePooling
{
    /// <summary>Their mean; zeros for an empty list.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their element-wise maximum; zeros for an empty list.</summary>
    Max,
}
