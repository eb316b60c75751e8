using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Siskin.Inference.Onnx.Runtime;

/// <summary>Looks for numbers in weights that no training should give: NaN, and infinities but in a mask (nothing but 0 and −∞) or by themselves (a limit).</summary>
/// <param name="type">Type of the numbers, as ONNX numbers it.</param>
internal sealed class FiniteCheck(int type)
{
    private long _count;
    private long _nan = -1;
    private long _infinite = -1;
    private bool _isMask = true;

    /// <summary>Whether numbers of a type can be anything but finite.</summary>
    public static bool Concerns(int type) => type is 1 or 10 or 11 or 16;

    /// <summary>Looks at some more numbers.</summary>
    /// <param name="content">A whole number of elements, little-endian.</param>
    public void Add(ReadOnlySpan<byte> content)
    {
        switch (type)
        {
            case 1: Add<uint>(MemoryMarshal.Cast<byte, uint>(content), 0x7F80_0000, 0x8000_0000); break;
            case 10: Add<ushort>(MemoryMarshal.Cast<byte, ushort>(content), 0x7C00, 0x8000); break;
            case 11: Add<ulong>(MemoryMarshal.Cast<byte, ulong>(content), 0x7FF0_0000_0000_0000, 0x8000_0000_0000_0000); break;
            case 16: Add<ushort>(MemoryMarshal.Cast<byte, ushort>(content), 0x7F80, 0x8000); break;
        }
    }

    /// <summary>What is wrong with the numbers seen; null when nothing is.</summary>
    public string? Flaw() =>
        _nan >= 0 ? string.Create(CultureInfo.InvariantCulture, $"number {_nan} of its {_count} is NaN")
        : _infinite >= 0 && !_isMask && _count > 1 ? string.Create(CultureInfo.InvariantCulture, $"number {_infinite} of its {_count} is infinite")
        : null;

    // An exponent of ones is that of infinities, and with anything behind it of NaN.
    private void Add<T>(ReadOnlySpan<T> numbers, T exponent, T sign)
        where T : unmanaged, IBinaryInteger<T>
    {
        var lowest = sign | exponent;
        foreach (var number in numbers)
        {
            if ((number & exponent) == exponent)
            {
                if ((number & ~sign) != exponent)
                {
                    _nan = _nan < 0 ? _count : _nan;
                }
                else
                {
                    _infinite = _infinite < 0 ? _count : _infinite;
                }
            }

            _isMask &= (number & ~sign) == T.Zero || number == lowest;
            _count++;
        }
    }
}
