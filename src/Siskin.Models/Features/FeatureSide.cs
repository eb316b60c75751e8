namespace Siskin.Models.Features;

/// <summary>What a feature depends on, so that serving computes the user's part once and keeps the item's.</summary>
public enum FeatureSide
{
    /// <summary>On user and item together, or on the moment.</summary>
    Cross,

    /// <summary>On the user and the request alone.</summary>
    User,

    /// <summary>On the item alone.</summary>
    Item,
}
