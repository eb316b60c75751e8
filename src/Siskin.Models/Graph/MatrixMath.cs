using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Siskin.Models.Graph;

/// <summary>What operators do with rows besides products.</summary>
internal static unsafe class MatrixMath
{
    /// <summary>y = X·w.</summary>
    public static void MultiplyVector(float* x, int rows, int columns, float* w, float* y)
    {
        var weights = new ReadOnlySpan<float>(w, columns);
        for (var row = 0; row < rows; row++)
        {
            y[row] = TensorPrimitives.Dot(new ReadOnlySpan<float>(x + ((long)row * columns), columns), weights);
        }
    }

    /// <summary>Of y = X·w: dw += Xᵀ·dy, and dX = or += dy·wᵀ when wanted.</summary>
    public static void AddOuterGradients(float* x, int rows, int columns, float* dy, float* w, float* dw, float* dx, bool adds)
    {
        var sums = new Span<float>(dw, columns);
        for (var row = 0; row < rows; row++)
        {
            TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(x + ((long)row * columns), columns), dy[row], sums, sums);
            if (dx is not null)
            {
                PutScaled(w, dy[row], dx + ((long)row * columns), columns, adds);
            }
        }
    }

    /// <summary>y = f(y + b), where b may be null.</summary>
    public static void AddAndActivate(float* y, int rows, int columns, float* bias, Activation activation)
    {
        for (var row = 0; row < rows; row++)
        {
            var values = new Span<float>(y + ((long)row * columns), columns);
            if (bias is not null && activation == Activation.Relu)
            {
                AddAndCut(y + ((long)row * columns), bias, columns);
                continue;
            }

            if (bias is not null)
            {
                TensorPrimitives.Add(values, new ReadOnlySpan<float>(bias, columns), values);
            }

            Activate(values, activation);
        }
    }

    /// <summary>x = f(x).</summary>
    public static void Activate(Span<float> values, Activation activation)
    {
        switch (activation)
        {
            case Activation.Relu:
                TensorPrimitives.Max(values, 0f, values);
                break;
            case Activation.Sigmoid:
                TensorPrimitives.Sigmoid(values, values);
                break;
            case Activation.Tanh:
                TensorPrimitives.Tanh(values, values);
                break;
        }
    }

    /// <summary>dy ← dy · f′, where f′ follows from y = f(x).</summary>
    public static void TimesSlope(float* dy, float* y, int count, Activation activation)
    {
        var i = 0;
        if (activation == Activation.None)
        {
            return;
        }

        if (Vector512.IsHardwareAccelerated)
        {
            var one = Vector512<float>.One;
            for (; i + 16 <= count; i += 16)
            {
                var (value, gradient) = (Vector512.Load(y + i), Vector512.Load(dy + i));
                var slope = activation switch
                {
                    Activation.Relu => Vector512.ConditionalSelect(Vector512.GreaterThan(value, Vector512<float>.Zero), gradient, Vector512<float>.Zero),
                    Activation.Sigmoid => gradient * value * (one - value),
                    _ => gradient * (one - (value * value)),
                };
                slope.Store(dy + i);
            }
        }

        for (; i < count; i++)
        {
            dy[i] *= activation switch
            {
                Activation.Relu => y[i] > 0 ? 1 : 0,
                Activation.Sigmoid => y[i] * (1 - y[i]),
                _ => 1 - (y[i] * y[i]),
            };
        }
    }

    /// <summary>sums += the sum of each column.</summary>
    public static void AddColumnSums(float* x, int rows, int columns, float* sums)
    {
        var column = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; column + 16 <= columns; column += 16)
            {
                var sum = Vector512.Load(sums + column);
                for (var row = 0; row < rows; row++)
                {
                    sum += Vector512.Load(x + ((long)row * columns) + column);
                }

                sum.Store(sums + column);
            }
        }

        for (; column < columns; column++)
        {
            for (var row = 0; row < rows; row++)
            {
                sums[column] += x[((long)row * columns) + column];
            }
        }
    }

    /// <summary>target = source, or target += source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(float* source, float* target, int count, bool adds)
    {
        var from = new ReadOnlySpan<float>(source, count);
        var to = new Span<float>(target, count);
        if (adds)
        {
            TensorPrimitives.Add(from, to, to);
        }
        else
        {
            from.CopyTo(to);
        }
    }

    /// <summary>target = factor · source, or target += factor · source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PutScaled(float* source, float factor, float* target, int count, bool adds)
    {
        var from = new ReadOnlySpan<float>(source, count);
        var to = new Span<float>(target, count);
        if (adds)
        {
            TensorPrimitives.MultiplyAdd(from, factor, to, to);
        }
        else
        {
            TensorPrimitives.Multiply(from, factor, to);
        }
    }

    private static void AddAndCut(float* y, float* bias, int count)
    {
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + 16 <= count; i += 16)
            {
                Vector512.Max(Vector512.Load(y + i) + Vector512.Load(bias + i), Vector512<float>.Zero).Store(y + i);
            }
        }

        for (; i < count; i++)
        {
            y[i] = MathF.Max(y[i] + bias[i], 0);
        }
    }
}
