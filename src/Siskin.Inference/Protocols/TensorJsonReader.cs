using System.Buffers;
using System.Text.Unicode;
using Siskin.Inference.Registry;

namespace Siskin.Inference.Protocols;

/// <summary>Reads JSON token by token from UTF-8, with NaN, Infinity and -Infinity among the numbers, as model servers do.</summary>
/// <remarks>
/// Strict otherwise: no comments, no trailing commas. Nothing is copied; a copy of this value goes on from where it was
/// made, so that a caller may look ahead. Numbers are taken apart while they are scanned, so that most become values
/// without a second look (Clinger, PLDI 1990: a mantissa below 2^53 times a power of ten up to 22 is exact).
/// </remarks>
public ref partial struct TensorJsonReader
{
    /// <summary>How deep lists and objects may nest.</summary>
    public const int MaxDepth = 64;

    private static readonly SearchValues<byte> EndsOfText = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    private readonly ReadOnlySpan<byte> _json;
    private readonly bool _roundsIntegers;
    private ReadOnlySpan<byte> _value;
    private int _position;
    private int _depth;
    private ulong _objects;
    private Next _next;
    private bool _hasEscapes;
    private NumberKind _kind;
    private bool _isNegative;
    private ulong _mantissa;
    private int _exponent;

    /// <summary>Stands before the first token.</summary>
    /// <param name="json">A whole document in UTF-8; a byte order mark is skipped.</param>
    /// <param name="roundsIntegers">Whether a whole number that a floating-point type has no place for is rounded; refused otherwise, as in TensorFlow Serving.</param>
    public TensorJsonReader(ReadOnlySpan<byte> json, bool roundsIntegers = false)
    {
        _json = json;
        _roundsIntegers = roundsIntegers;
        _position = json.StartsWith("\uFEFF"u8) ? 3 : 0;
    }

    private enum Next
    {
        Value,
        ValueOrEnd,
        NameOrEnd,
        CommaOrEnd,
        Nothing,
    }

    /// <summary>What this stands on.</summary>
    public TensorJsonToken Token { get; private set; }

    /// <summary>Where the token begins, in bytes.</summary>
    public int Start { get; private set; }

    /// <summary>Of what tensor the values are, for messages; null where they are of none.</summary>
    public string? Subject { get; set; }

    /// <summary>Text of a number, or of a text or name without its quotes and with its escapes.</summary>
    public readonly ReadOnlySpan<byte> Value => _value;

    /// <summary>Whether the token is a value of its own: neither a list, nor an object, nor a name.</summary>
    public readonly bool IsScalar => Token >= TensorJsonToken.String;

    /// <summary>Goes to the next token.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="ServableException"><see cref="ServableError.InvalidArgument"/>: what comes is not JSON.</exception>
    public bool Read()
    {
        var c = SkipSpace();
        Start = _position;
        if (_next == Next.Nothing)
        {
            return c < 0 ? ReadEnd() : throw Broken("there is text behind the end of the document");
        }

        if (c < 0)
        {
            throw Broken(Token == TensorJsonToken.None ? "the document is empty" : "the document ends too early");
        }

        switch (_next)
        {
            case Next.CommaOrEnd:
                return ReadBehindValue(c);
            case Next.NameOrEnd when c == '}':
            case Next.ValueOrEnd when c == ']':
                return Close();
            case Next.NameOrEnd:
                return ReadName(c);
            default:
                return ReadValue(c);
        }
    }

    /// <summary>Goes to the next token, which must be of a kind.</summary>
    /// <exception cref="ServableException">It is of another, or not JSON.</exception>
    public void Expect(TensorJsonToken token, string what)
    {
        Read();
        if (Token != token)
        {
            throw Refusal.Of($"{what}, but got: {TokenName}");
        }
    }

    /// <summary>From a value's first token to its last; stays where it is on any other.</summary>
    public void Skip()
    {
        if (Token is not (TensorJsonToken.StartArray or TensorJsonToken.StartObject))
        {
            return;
        }

        var depth = _depth;
        while (Read() && _depth >= depth)
        {
        }
    }

    /// <summary>Whether the token is a text or name equal to one.</summary>
    public readonly bool IsText(ReadOnlySpan<byte> utf8) => _hasEscapes ? GetBytes().AsSpan().SequenceEqual(utf8) : _value.SequenceEqual(utf8);

    /// <summary>A copy of a text's or name's bytes, without escapes.</summary>
    /// <exception cref="ServableException">The token is neither, or is not UTF-8.</exception>
    public readonly byte[] GetBytes()
    {
        if (Token is not (TensorJsonToken.String or TensorJsonToken.Name))
        {
            throw WrongType("string");
        }

        if (!Utf8.IsValid(_value))
        {
            throw Broken("a text is not UTF-8");
        }

        return _hasEscapes ? Unescape(_value) : _value.ToArray();
    }

    /// <summary>A text or name.</summary>
    /// <exception cref="ServableException">The token is neither, or is not UTF-8.</exception>
    public readonly string GetText() => System.Text.Encoding.UTF8.GetString(GetBytes());

    /// <summary>true or false.</summary>
    /// <exception cref="ServableException">The token is neither.</exception>
    public readonly bool GetBoolean() => Token switch
    {
        TensorJsonToken.True => true,
        TensorJsonToken.False => false,
        _ => throw WrongType("bool"),
    };

    /// <summary>The refusal of a value that is not of the type that is needed.</summary>
    /// <param name="expected">The type's name.</param>
    public readonly ServableException WrongType(string expected)
    {
        var shown = Token is TensorJsonToken.String ? $"\"{Refusal.Show(_value)}\" " : Token is TensorJsonToken.Number ? $"{Refusal.Show(_value)} " : string.Empty;
        return Refusal.Of($"{Prefix}JSON Value: {shown}Type: {TokenName} is not of expected type: {expected}");
    }

    private readonly string Prefix => Subject is null ? string.Empty : $"'{Subject}': ";

    private readonly string TokenName => Token switch
    {
        TensorJsonToken.StartObject => "Object",
        TensorJsonToken.StartArray => "Array",
        _ => Token.ToString(),
    };

    private static byte[] Unescape(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                bytes[length++] = text[i];
                continue;
            }

            i++;
            if (text[i] == 'u')
            {
                length += WriteRune(text, ref i, bytes.AsSpan(length));
                continue;
            }

            bytes[length++] = text[i] switch
            {
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                (byte)'n' => (byte)'\n',
                (byte)'r' => (byte)'\r',
                (byte)'t' => (byte)'\t',
                var other => other,
            };
        }

        return bytes[..length];
    }

    // Stands on the u of an escape, and then on its last digit, or on that of the pair's second half.
    private static int WriteRune(ReadOnlySpan<byte> text, ref int i, Span<byte> to)
    {
        var unit = Unit(text, i + 1);
        i += 4;
        if (System.Text.Rune.TryCreate(unit, out var rune))
        {
            return rune.EncodeToUtf8(to);
        }

        if (text[(i + 1)..].StartsWith("\\u"u8) && System.Text.Rune.TryCreate(unit, Unit(text, i + 3), out rune))
        {
            i += 6;
            return rune.EncodeToUtf8(to);
        }

        throw Refusal.Of("JSON Parse error: a text has half of a surrogate pair");
    }

    private static char Unit(ReadOnlySpan<byte> text, int at) => (char)int.Parse(text.Slice(at, 4), System.Globalization.NumberStyles.AllowHexSpecifier);

    private readonly ServableException Broken(string why) => Refusal.Of($"JSON Parse error: {why} at offset: {_position}");

    private int SkipSpace()
    {
        var json = _json;
        var i = _position;
        while (i < json.Length)
        {
            var c = json[i];
            if (c > ' ' || (c != ' ' && c != '\n' && c != '\r' && c != '\t'))
            {
                _position = i;
                return c;
            }

            i++;
        }

        _position = i;
        return -1;
    }

    private bool ReadEnd()
    {
        Token = TensorJsonToken.End;
        return false;
    }

    private bool ReadBehindValue(int c)
    {
        var isObject = (_objects & 1) != 0;
        if (c == ',')
        {
            _position++;
            c = SkipSpace();
            Start = _position;
            return isObject ? ReadName(c) : ReadValue(c);
        }

        return c == (isObject ? '}' : ']') ? Close() : throw Broken($"a comma or the end of the {(isObject ? "object" : "list")} is missing");
    }

    private bool ReadName(int c)
    {
        if (c != '"')
        {
            throw Broken("the name of a member is missing");
        }

        ReadText();
        if (SkipSpace() != ':')
        {
            throw Broken("the colon behind a name is missing");
        }

        _position++;
        Token = TensorJsonToken.Name;
        _next = Next.Value;
        return true;
    }

    private bool ReadValue(int c)
    {
        switch (c)
        {
            case '{':
                return Open(TensorJsonToken.StartObject, Next.NameOrEnd);
            case '[':
                return Open(TensorJsonToken.StartArray, Next.ValueOrEnd);
            case '"':
                ReadText();
                return Scalar(TensorJsonToken.String);
            case 't':
                return Literal("true"u8, TensorJsonToken.True);
            case 'f':
                return Literal("false"u8, TensorJsonToken.False);
            case 'n':
                return Literal("null"u8, TensorJsonToken.Null);
            default:
                ReadNumber();
                return Scalar(TensorJsonToken.Number);
        }
    }

    private bool Literal(ReadOnlySpan<byte> text, TensorJsonToken token)
    {
        if (!_json[_position..].StartsWith(text))
        {
            throw Broken("a value is none");
        }

        _value = text;
        _position += text.Length;
        return Scalar(token);
    }

    private bool Scalar(TensorJsonToken token)
    {
        Token = token;
        _next = _depth == 0 ? Next.Nothing : Next.CommaOrEnd;
        return true;
    }

    private bool Open(TensorJsonToken token, Next next)
    {
        if (_depth == MaxDepth)
        {
            throw Broken($"lists and objects nest deeper than {MaxDepth}");
        }

        _depth++;
        _objects = (_objects << 1) | (token == TensorJsonToken.StartObject ? 1u : 0u);
        _position++;
        Token = token;
        _next = next;
        return true;
    }

    private bool Close()
    {
        var isObject = (_objects & 1) != 0;
        _depth--;
        _objects >>= 1;
        _position++;
        return Scalar(isObject ? TensorJsonToken.EndObject : TensorJsonToken.EndArray);
    }

    private void ReadText()
    {
        var start = ++_position;
        _hasEscapes = false;
        while (true)
        {
            var found = _json[_position..].IndexOfAny(EndsOfText);
            if (found < 0)
            {
                _position = _json.Length;
                throw Broken("a text does not end");
            }

            _position += found;
            switch (_json[_position])
            {
                case (byte)'"':
                    _value = _json[start.._position];
                    _position++;
                    return;
                case (byte)'\\':
                    _hasEscapes = true;
                    CheckEscape(_json[(_position + 1)..]);
                    _position += 2;
                    break;
                default:
                    throw Broken("a text has a control character");
            }
        }
    }

    private readonly void CheckEscape(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty || "\"\\/bfnrtu"u8.IndexOf(rest[0]) < 0)
        {
            throw Broken("a text has an unknown escape");
        }

        if (rest[0] == 'u' && (rest.Length < 5 || rest.Slice(1, 4).IndexOfAnyExcept("0123456789abcdefABCDEF"u8) >= 0))
        {
            throw Broken("a text has an unknown escape");
        }
    }
}
