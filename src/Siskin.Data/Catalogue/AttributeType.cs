namespace Siskin.Data.Catalogue;

/// <summary>What an attribute holds.</summary>
public enum AttributeType
{
    /// <summary>A finite number.</summary>
    Numeric,

    /// <summary>One of a limited set of values, compared exactly.</summary>
    Categorical,

    /// <summary>Free text.</summary>
    Text,
}
