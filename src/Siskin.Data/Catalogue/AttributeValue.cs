using System.Collections.Frozen;
using System.Globalization;

namespace Siskin.Data.Catalogue;

/// <summary>The value of an attribute: a number, or a string (categorical and text attributes).</summary>
public readonly struct AttributeValue : IEquatable<AttributeValue>
{
    private readonly string? _text;
    private readonly double _number;

    private AttributeValue(string? text, double number)
    {
        _text = text;
        _number = number;
    }

    /// <summary>An empty set of attributes.</summary>
    public static IReadOnlyDictionary<string, AttributeValue> None { get; } =
        FrozenDictionary<string, AttributeValue>.Empty;

    /// <summary>Whether the value is a number.</summary>
    public bool IsNumber => _text is null;

    /// <summary>The number; 0 for a string.</summary>
    public double Number => _number;

    /// <summary>The string; null for a number.</summary>
    public string? Text => _text;

    /// <summary>A numeric value.</summary>
    public static AttributeValue Of(double number) => new(null, number);

    /// <summary>A categorical or text value.</summary>
    public static AttributeValue Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(text, 0);
    }

    /// <summary>Equal values.</summary>
    public static bool operator ==(AttributeValue left, AttributeValue right) => left.Equals(right);

    /// <summary>Different values.</summary>
    public static bool operator !=(AttributeValue left, AttributeValue right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(AttributeValue other) =>
        string.Equals(_text, other._text, StringComparison.Ordinal) && _number.Equals(other._number);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AttributeValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_text, _number);

    /// <inheritdoc/>
    public override string ToString() => _text ?? _number.ToString(CultureInfo.InvariantCulture);
}
