using System.Globalization;
using Siskin.Inference.Registry;

namespace Siskin.Inference.Protocols;

public ref partial struct TensorJsonReader
{
    /// <summary>Most digits that a mantissa of 64 bits always has room for.</summary>
    private const int MaxDigits = 19;

    private const int MaxExactPower = 22;
    private const ulong DoubleExact = 1UL << 53;
    private const ulong SingleExact = 1UL << 24;
    private const ulong HalfExact = 1UL << 11;

    private static readonly double[] Powers = [.. Enumerable.Range(0, MaxExactPower + 1).Select(i => double.Parse($"1e{i}", CultureInfo.InvariantCulture))];

    private enum NumberKind
    {
        /// <summary>Digits alone, all of them in the mantissa.</summary>
        Integer,

        /// <summary>Digits alone, more than the mantissa holds.</summary>
        LongInteger,

        /// <summary>With a point or an exponent; mantissa and exponent hold all of it.</summary>
        Decimal,

        /// <summary>With a point or an exponent; to be parsed from its text.</summary>
        LongDecimal,

        NotANumber,
        Infinity,
    }

    /// <summary>A number of 64 bits.</summary>
    /// <exception cref="ServableException">The token is no number, or one that does not fit.</exception>
    public readonly double GetDouble()
    {
        CheckNumber("double");
        var value = _kind switch
        {
            NumberKind.NotANumber => double.NaN,
            NumberKind.Infinity => _isNegative ? double.NegativeInfinity : double.PositiveInfinity,
            NumberKind.LongDecimal or NumberKind.LongInteger => ParseFinite("double"),
            NumberKind.Integer => Sign(_mantissa),
            _ => TryScale(out var scaled) ? scaled : ParseFinite("double"),
        };
        CheckWhole(value, DoubleExact, "double");
        return value;
    }

    /// <summary>A number of 32 bits: the nearest to what is written.</summary>
    /// <exception cref="ServableException">The token is no number, or one that does not fit.</exception>
    public readonly float GetSingle()
    {
        CheckNumber("float");
        var value = _kind switch
        {
            NumberKind.NotANumber => float.NaN,
            NumberKind.Infinity => _isNegative ? float.NegativeInfinity : float.PositiveInfinity,
            NumberKind.Integer when _mantissa <= SingleExact => (float)Sign(_mantissa),
            NumberKind.Decimal when TryScale(out var scaled) && IsRoundedOnce(scaled) => (float)scaled,
            _ => (float)ParseFiniteSingle(),
        };
        CheckWhole(value, SingleExact, "float");
        return value;
    }

    /// <summary>A number of 16 bits: the nearest to what is written.</summary>
    /// <exception cref="ServableException">The token is no number, or one that does not fit.</exception>
    public readonly Half GetHalf()
    {
        CheckNumber("half");
        if (_kind >= NumberKind.NotANumber)
        {
            return (Half)GetSingle();
        }

        var value = Half.Parse(_value, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (Half.IsInfinity(value))
        {
            throw Lossy("half");
        }

        CheckWhole((double)value, HalfExact, "half");
        return value;
    }

    /// <summary>A whole number, written without point and exponent, within a range.</summary>
    /// <exception cref="ServableException">The token is none, or is outside.</exception>
    public readonly long GetInteger(long min, long max, string type)
    {
        if (Token != TensorJsonToken.Number || _kind != NumberKind.Integer)
        {
            throw WrongType(type);
        }

        // The smallest number has no positive counterpart.
        var value = _isNegative ? unchecked(-(long)_mantissa) : (long)Math.Min(_mantissa, long.MaxValue);
        var fits = _isNegative ? _mantissa <= 1UL << 63 && (value <= 0) : _mantissa <= long.MaxValue;
        return fits && value >= min && value <= max ? value : throw WrongType(type);
    }

    /// <summary>A whole number from 0 on, written without point and exponent.</summary>
    /// <exception cref="ServableException">The token is none, or is outside.</exception>
    public readonly ulong GetUnsigned(ulong max, string type)
    {
        if (Token == TensorJsonToken.Number && _kind == NumberKind.LongInteger && ulong.TryParse(_value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed) && parsed <= max)
        {
            return parsed;
        }

        return Token == TensorJsonToken.Number && _kind == NumberKind.Integer && (!_isNegative || _mantissa == 0) && _mantissa <= max ? _mantissa : throw WrongType(type);
    }

    // A double is the nearest to what is written. The float nearest to it is the float nearest to what is written as
    // well, unless the double lies in the very middle between two floats, where what is written may lie on either side.
    private static bool IsRoundedOnce(double value) =>
        (BitConverter.DoubleToInt64Bits(value) & 0x1FFF_FFFF) != 0x1000_0000 && Math.Abs(value) is 0 or (> 1e-37 and < 1e38);

    private readonly void CheckNumber(string type)
    {
        if (Token != TensorJsonToken.Number)
        {
            throw WrongType(type);
        }
    }

    // Whole numbers of more than 64 bits are taken as measurements, and rounded.
    private readonly void CheckWhole(double rounded, ulong exact, string type)
    {
        if (_kind == NumberKind.Integer && _mantissa > exact && !_roundsIntegers && !(Math.Abs(rounded) < ulong.MaxValue && (ulong)Math.Abs(rounded) == _mantissa))
        {
            throw Lossy(type);
        }
    }

    private readonly ServableException Lossy(string type) =>
        Refusal.Of($"{Prefix}Cannot convert JSON value: {Refusal.Show(_value)} to {type} without loss of precision.");

    private readonly double Sign(double value) => _isNegative ? -value : value;

    private readonly bool TryScale(out double value)
    {
        value = 0;
        if (_mantissa > DoubleExact || _exponent is < -MaxExactPower or > MaxExactPower)
        {
            return false;
        }

        value = Sign(_exponent < 0 ? _mantissa / Powers[-_exponent] : _mantissa * Powers[_exponent]);
        return true;
    }

    private readonly double ParseFinite(string type)
    {
        var value = double.Parse(_value, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? value : throw Lossy(type);
    }

    private readonly float ParseFiniteSingle()
    {
        var value = float.Parse(_value, NumberStyles.Float, CultureInfo.InvariantCulture);
        return float.IsFinite(value) ? value : throw Lossy("float");
    }

    private void ReadNumber()
    {
        var json = _json;
        var start = _position;
        var i = start;
        _isNegative = i < json.Length && json[i] == '-';
        if (_isNegative)
        {
            i++;
        }

        _mantissa = 0;
        _exponent = 0;
        var first = i;
        i = ReadDigits(json, i);
        var digits = i - first;
        if (digits == 0)
        {
            ReadNamedNumber(start, i);
            return;
        }

        if (digits > 1 && json[first] == '0')
        {
            throw Broken("a number begins with 0");
        }

        _kind = digits <= MaxDigits ? NumberKind.Integer : NumberKind.LongInteger;
        if (i < json.Length && (json[i] == '.' || (json[i] | 0x20) == 'e'))
        {
            i = ReadFraction(i, digits);
        }

        _value = json[start..i];
        _position = i;
    }

    private int ReadDigits(ReadOnlySpan<byte> json, int i)
    {
        var mantissa = _mantissa;
        while (i < json.Length && (uint)(json[i] - '0') <= 9)
        {
            // Wraps around where there are too many digits; the kind says so then.
            mantissa = unchecked((mantissa * 10) + (uint)(json[i] - '0'));
            i++;
        }

        _mantissa = mantissa;
        return i;
    }

    private int ReadFraction(int i, int digits)
    {
        var json = _json;
        if (json[i] == '.')
        {
            var first = ++i;
            i = ReadDigits(json, i);
            if (i == first)
            {
                throw Broken("a number has no digit behind its point");
            }

            digits += i - first;
            _exponent = first - i;
        }

        _kind = digits <= MaxDigits ? NumberKind.Decimal : NumberKind.LongDecimal;
        if (i < json.Length && (json[i] | 0x20) == 'e')
        {
            i++;
            var isNegative = i < json.Length && json[i] == '-';
            if (isNegative || (i < json.Length && json[i] == '+'))
            {
                i++;
            }

            var first = i;
            var exponent = 0;
            while (i < json.Length && (uint)(json[i] - '0') <= 9)
            {
                exponent = Math.Min((exponent * 10) + (json[i] - '0'), 1_000_000);
                i++;
            }

            if (i == first)
            {
                throw Broken("a number has no digit in its exponent");
            }

            _exponent += isNegative ? -exponent : exponent;
        }

        return i;
    }

    // "Nan" stands in an example of TensorFlow Serving's own document.
    private void ReadNamedNumber(int start, int at)
    {
        var rest = _json[at..];
        var (length, kind) = rest.StartsWith("NaN"u8) || rest.StartsWith("Nan"u8) ? (3, NumberKind.NotANumber)
            : rest.StartsWith("Infinity"u8) ? (8, NumberKind.Infinity)
            : rest.StartsWith("Inf"u8) ? (3, NumberKind.Infinity)
            : throw Broken("a value is none");
        _kind = kind;
        _position = at + length;
        _value = _json[start.._position];
    }
}
