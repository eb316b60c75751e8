using System.Runtime.CompilerServices;

namespace Siskin.Data.Control;

/// <summary>What every control store refuses before it does anything, so that all of them hold the same documents.</summary>
/// <remarks>Text with a NUL or half a surrogate pair is refused: databases alter it, cut it off or refuse it.</remarks>
public static class ControlArguments
{
    /// <summary>The most UTF-16 characters that a key may have.</summary>
    public const int MaxKeyLength = 256;

    /// <summary>Checks a document's key.</summary>
    /// <exception cref="ArgumentException">Empty, longer than <see cref="MaxKeyLength"/>, or not storable text.</exception>
    public static void CheckKey(string key, [CallerArgumentExpression(nameof(key))] string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(key, name);
        if (key.Length > MaxKeyLength)
        {
            throw new ArgumentException($"A key has 1 to {MaxKeyLength} characters, not {key.Length}: '{key.AsSpan(0, 40)}…'", name);
        }

        CheckText(key, name);
    }

    /// <summary>Checks what keys shall begin with; it may be empty.</summary>
    /// <exception cref="ArgumentException">Not storable text.</exception>
    public static void CheckPrefix(string prefix, [CallerArgumentExpression(nameof(prefix))] string? name = null) => CheckText(prefix, name);

    /// <summary>Checks a document's content. Whether it is JSON is its writer's business.</summary>
    /// <exception cref="ArgumentException">Not storable text.</exception>
    public static void CheckJson(string json, [CallerArgumentExpression(nameof(json))] string? name = null) => CheckText(json, name);

    private static void CheckText(string text, string? name)
    {
        ArgumentNullException.ThrowIfNull(text, name);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0')
            {
                throw new ArgumentException($"The character {i} is NUL, which stores cannot hold.", name);
            }

            if (char.IsSurrogate(text[i]))
            {
                if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                {
                    throw new ArgumentException($"The character {i} is half a surrogate pair, which stores cannot hold.", name);
                }

                i++;
            }
        }
    }
}
