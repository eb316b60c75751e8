using Siskin.Data.Catalogue;

namespace Siskin.Serving.Pipeline;

/// <summary>A rule on one filterable attribute. An item without the attribute fails it, except for the negated operators.</summary>
public sealed record AttributeRule
{
    /// <summary>The attribute's name; declared and filterable.</summary>
    public required string Name { get; init; }

    /// <summary>How to compare.</summary>
    public required AttributeOperator Operator { get; init; }

    /// <summary>What to compare with: one value, or several for <see cref="AttributeOperator.In"/> and <see cref="AttributeOperator.NotIn"/>.</summary>
    public required IReadOnlyList<AttributeValue> Values { get; init; }
}
