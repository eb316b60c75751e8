using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Siskin.Models.Graph.Operators;

/// <summary>One step of a gated recurrent unit for one example, after and before the products; the equations are those of <see cref="Gru"/>.</summary>
internal static unsafe class GruCell
{
    /// <summary>The next state.</summary>
    /// <param name="gates">x·W, 3h; becomes r, z and n.</param>
    /// <param name="recurrent">h·U, 3h; the last part becomes h·Uₙ + cₙ.</param>
    /// <param name="inputBias">b.</param>
    /// <param name="recurrentBias">c.</param>
    /// <param name="previous">The state before.</param>
    /// <param name="weight">a.</param>
    /// <param name="state">Output.</param>
    /// <param name="h">Numbers of a state.</param>
    public static void Forward(float* gates, float* recurrent, float* inputBias, float* recurrentBias, float* previous, float weight, float* state, int h)
    {
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var one = Vector512<float>.One;
            for (; i + 16 <= h; i += 16)
            {
                var (j, k) = (h + i, (2 * h) + i);
                var a = Vector512.Load(gates + i) + Vector512.Load(recurrent + i) + (Vector512.Load(inputBias + i) + Vector512.Load(recurrentBias + i));
                var b = Vector512.Load(gates + j) + Vector512.Load(recurrent + j) + (Vector512.Load(inputBias + j) + Vector512.Load(recurrentBias + j));
                var r = one / (one + Exp(-a));
                var z = one / (one + Exp(-b));
                var u = Vector512.Load(recurrent + k) + Vector512.Load(recurrentBias + k);
                var c = Vector512.Load(gates + k) + Vector512.Load(inputBias + k) + (r * u);
                var n = one - (Vector512.Create(2f) / (one + Exp(c + c)));
                var old = Vector512.Load(previous + i);
                r.Store(gates + i);
                z.Store(gates + j);
                n.Store(gates + k);
                u.Store(recurrent + k);
                (old + ((one - z) * weight * (n - old))).Store(state + i);
            }
        }

        ForwardReference(gates, recurrent, inputBias, recurrentBias, previous, weight, state, h, i);
    }

    /// <summary>The same in plain loops, from a number of the state on.</summary>
    public static void ForwardReference(float* gates, float* recurrent, float* inputBias, float* recurrentBias, float* previous, float weight, float* state, int h, int from)
    {
        for (var i = from; i < h; i++)
        {
            var (j, k) = (h + i, (2 * h) + i);
            gates[i] = 1 / (1 + MathF.Exp(-(gates[i] + recurrent[i] + inputBias[i] + recurrentBias[i])));
            gates[j] = 1 / (1 + MathF.Exp(-(gates[j] + recurrent[j] + inputBias[j] + recurrentBias[j])));
            recurrent[k] += recurrentBias[k];
            gates[k] = MathF.Tanh(gates[k] + inputBias[k] + (gates[i] * recurrent[k]));
            state[i] = previous[i] + ((1 - gates[j]) * weight * (gates[k] - previous[i]));
        }
    }

    /// <summary>The gradients of what the step took.</summary>
    /// <param name="gates">r, z and n; become the gradients of x·W.</param>
    /// <param name="recurrent">Its last part is h·Uₙ + cₙ; become the gradients of h·U.</param>
    /// <param name="previous">The state before.</param>
    /// <param name="weight">a.</param>
    /// <param name="gradient">Of the state.</param>
    /// <param name="before">What does not go through a product is added to this gradient of the state before; null for none.</param>
    /// <param name="h">Numbers of a state.</param>
    /// <returns>The gradient of a.</returns>
    public static float Backward(float* gates, float* recurrent, float* previous, float weight, float* gradient, float* before, int h)
    {
        var (i, slope) = (0, 0f);
        if (Vector512.IsHardwareAccelerated)
        {
            var one = Vector512<float>.One;
            var slopes = Vector512<float>.Zero;
            for (; i + 16 <= h; i += 16)
            {
                var (j, k) = (h + i, (2 * h) + i);
                var (r, z, n, u) = (Vector512.Load(gates + i), Vector512.Load(gates + j), Vector512.Load(gates + k), Vector512.Load(recurrent + k));
                var dy = Vector512.Load(gradient + i);
                var dg = dy * (n - Vector512.Load(previous + i));
                var g = (one - z) * weight;
                var dn = dy * g * (one - (n * n));
                var dr = dn * u * r * (one - r);
                var dz = -dg * g * z;
                slopes += dg * (one - z);
                dr.Store(gates + i);
                dz.Store(gates + j);
                dn.Store(gates + k);
                dr.Store(recurrent + i);
                dz.Store(recurrent + j);
                (dn * r).Store(recurrent + k);
                if (before is not null)
                {
                    (Vector512.Load(before + i) + (dy * (one - g))).Store(before + i);
                }
            }

            slope = Vector512.Sum(slopes);
        }

        return slope + BackwardReference(gates, recurrent, previous, weight, gradient, before, h, i);
    }

    /// <summary>The same in plain loops, from a number of the state on.</summary>
    public static float BackwardReference(float* gates, float* recurrent, float* previous, float weight, float* gradient, float* before, int h, int from)
    {
        var slope = 0f;
        for (var i = from; i < h; i++)
        {
            var (j, k) = (h + i, (2 * h) + i);
            var (r, z, n, dy) = (gates[i], gates[j], gates[k], gradient[i]);
            var dg = dy * (n - previous[i]);
            var g = (1 - z) * weight;
            slope += dg * (1 - z);
            gates[k] = dy * g * (1 - (n * n));
            gates[i] = recurrent[i] = gates[k] * recurrent[k] * r * (1 - r);
            gates[j] = recurrent[j] = -dg * g * z;
            recurrent[k] = gates[k] * r;
            if (before is not null)
            {
                before[i] += dy * (1 - g);
            }
        }

        return slope;
    }

    // Cephes' expf in all lanes, to about a unit of the last place. Vector512.Exp goes through double, with which a step takes half as long again.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Exp(Vector512<float> x)
    {
        x = Vector512.Min(Vector512.Max(x, Vector512.Create(-87f)), Vector512.Create(88f));
        var n = Vector512.Round(x * 1.44269504f);
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        var p = Vector512.FusedMultiplyAdd(Vector512.Create(1.9875691500e-4f), r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p, r * r, r + Vector512<float>.One);
        var power = Vector512.ShiftLeft(Vector512.ConvertToInt32Native(n) + Vector512.Create(127), 23);
        return p * power.AsSingle();
    }
}
