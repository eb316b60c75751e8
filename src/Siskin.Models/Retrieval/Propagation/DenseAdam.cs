using System.Runtime.Intrinsics;
using Siskin.Models.Factorization;

namespace Siskin.Models.Retrieval.Propagation;

/// <summary>Adam over all rows of a table; propagation gives every row a gradient in every step.</summary>
/// <remarks>Kingma and Ba 2015, Algorithm 1, with β₁ = 0.9, β₂ = 0.999 and ε = 10⁻⁸. Different rows may be stepped by different threads.</remarks>
internal sealed unsafe class DenseAdam(PaddedFactors values, float regularization)
{
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;
    private const float Epsilon = 1e-8f;

    private readonly PaddedFactors _first = new(values.Count, values.Dimensions);
    private readonly PaddedFactors _second = new(values.Count, values.Dimensions);
    private float _scale;
    private float _correction;
    private int _steps;

    /// <summary>Sets the bias corrections of the next step; then every row is stepped once.</summary>
    public void Begin(float rate)
    {
        _steps++;
        _scale = rate / (1 - MathF.Pow(Beta1, _steps));
        _correction = 1 / (1 - MathF.Pow(Beta2, _steps));
    }

    public void Step(int from, int end, PaddedFactors gradients)
    {
        var last = (nint)end * values.Stride;
        for (var at = (nint)from * values.Stride; at < last; at += Vector512<float>.Count)
        {
            var x = Vector512.Load(values.Start + at);
            var g = Vector512.FusedMultiplyAdd(x, Vector512.Create(regularization), Vector512.Load(gradients.Start + at));
            var m = (Vector512.Load(_first.Start + at) * Beta1) + (g * (1 - Beta1));
            var v = (Vector512.Load(_second.Start + at) * Beta2) + (g * g * (1 - Beta2));
            m.Store(_first.Start + at);
            v.Store(_second.Start + at);
            (x - (m * _scale / (Vector512.Sqrt(v * _correction) + Vector512.Create(Epsilon)))).Store(values.Start + at);
        }
    }
}
