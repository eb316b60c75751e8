namespace Siskin.Serving.Pipeline;

/// <summary>Comparisons of <see cref="AttributeRule"/>.</summary>
public enum AttributeOperator
{
    /// <summary>Equal to the value.</summary>
    Equal,

    /// <summary>Not equal to the value.</summary>
    NotEqual,

    /// <summary>Equal to one of the values.</summary>
    In,

    /// <summary>Equal to none of the values.</summary>
    NotIn,

    /// <summary>At least the value; numeric attributes only.</summary>
    AtLeast,

    /// <summary>At most the value; numeric attributes only.</summary>
    AtMost,
}
