using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Siskin.Vectors.Kernels;
using Siskin.Vectors.Memory;

namespace Siskin.Models.Graph.Serving;

/// <summary>Rows of numbers in one of the formats of <see cref="RowFormat"/>. Written once, then safe for concurrent reading.</summary>
internal sealed unsafe class RowTable : IDisposable
{
    private const int CacheLine = 64;

    private readonly NativeBlock _values;
    private readonly float[] _scales;
    private readonly RowFormat _format;

    public RowTable(int rows, int width, RowFormat format)
    {
        (Width, _format) = (width, format);
        _values = new NativeBlock((long)rows * width * (format == RowFormat.Single ? sizeof(float) : format == RowFormat.Half ? sizeof(ushort) : sizeof(sbyte)));
        _scales = format == RowFormat.Int8 ? new float[rows] : [];
    }

    public int Width { get; }

    /// <summary>Bytes of all rows.</summary>
    public long Bytes => _values.Length + (_scales.Length * sizeof(float));

    public void Set(int row, ReadOnlySpan<float> values)
    {
        var at = (long)row * Width;
        switch (_format)
        {
            case RowFormat.Single:
                values.CopyTo(new Span<float>((float*)_values.Pointer + at, Width));
                break;
            case RowFormat.Half:
                TensorPrimitives.ConvertToHalf(values, new Span<Half>((Half*)_values.Pointer + at, Width));
                break;
            default:
                var most = TensorPrimitives.MaxMagnitude(values);
                var scale = MathF.Abs(most) / 127;
                _scales[row] = scale;
                for (var i = 0; i < values.Length; i++)
                {
                    ((sbyte*)_values.Pointer)[at + i] = scale == 0 ? (sbyte)0 : (sbyte)MathF.Round(values[i] / scale);
                }

                break;
        }

        GC.KeepAlive(this);
    }

    /// <summary>target = or += row.</summary>
    public void Get(int row, float* target, bool adds)
    {
        var at = (long)row * Width;
        switch (_format)
        {
            case RowFormat.Single:
                MatrixMath.Put((float*)_values.Pointer + at, target, Width, adds);
                break;
            case RowFormat.Half:
                GetHalf((Half*)_values.Pointer + at, target, adds);
                break;
            default:
                GetInt8((sbyte*)_values.Pointer + at, _scales[row], target, adds);
                break;
        }

        GC.KeepAlive(this);
    }

    /// <summary>Asks for a row that will be read soon.</summary>
    public void Prefetch(int row)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        var bytes = Width * (_format == RowFormat.Single ? sizeof(float) : _format == RowFormat.Half ? sizeof(ushort) : sizeof(sbyte));
        var start = (byte*)_values.Pointer + ((long)row * bytes);
        for (var line = 0; line < bytes; line += CacheLine)
        {
            Sse.Prefetch0(start + line);
        }

        GC.KeepAlive(this);
    }

    /// <summary>A row as numbers: where it lies, or decoded into a buffer of the width.</summary>
    public float* Row(int row, float* buffer)
    {
        if (_format == RowFormat.Single)
        {
            return (float*)_values.Pointer + ((long)row * Width);
        }

        Get(row, buffer, adds: false);
        return buffer;
    }

    public void Dispose() => _values.Dispose();

    private void GetHalf(Half* source, float* target, bool adds)
    {
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + 16 <= Width; i += 16)
            {
                var values = Lanes512.LoadHalf(ref *(ushort*)source, i);
                (adds ? values + Vector512.Load(target + i) : values).Store(target + i);
            }
        }

        for (; i < Width; i++)
        {
            target[i] = adds ? target[i] + (float)source[i] : (float)source[i];
        }
    }

    private void GetInt8(sbyte* source, float scale, float* target, bool adds)
    {
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i + 16 <= Width; i += 16)
            {
                var (low, high) = Vector128.Widen(Vector128.Load(source + i));
                var first = Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(low), Vector128.WidenUpper(low))) * scale;
                var second = Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(high), Vector128.WidenUpper(high))) * scale;
                (adds ? first + Vector256.Load(target + i) : first).Store(target + i);
                (adds ? second + Vector256.Load(target + i + 8) : second).Store(target + i + 8);
            }
        }

        for (; i < Width; i++)
        {
            var value = source[i] * scale;
            target[i] = adds ? target[i] + value : value;
        }
    }
}
