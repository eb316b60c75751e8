using System.Runtime.CompilerServices;

namespace Siskin.Models.Embeddings;

/// <summary>The logistic function by linear interpolation between 1,025 points from −10 to 10; flat outside.</summary>
/// <remarks>Off by less than 5·10⁻⁵: at the ends σ(−10) = 4.5·10⁻⁵ stands for 0.</remarks>
internal static class SigmoidTable
{
    private const int Cells = 1024;
    private const float Bound = 10;
    private const float CellsPerUnit = Cells / (2 * Bound);
    private static readonly float[] Points = Create();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sigmoid(float x)
    {
        var at = (Math.Clamp(x, -Bound, Bound) + Bound) * CellsPerUnit;
        var cell = Math.Min((int)at, Cells - 1);
        var points = Points;
        return points[cell] + ((at - cell) * (points[cell + 1] - points[cell]));
    }

    private static float[] Create()
    {
        var points = new float[Cells + 1];
        for (var i = 0; i <= Cells; i++)
        {
            points[i] = (float)(1 / (1 + Math.Exp(Bound - (i / (double)CellsPerUnit))));
        }

        return points;
    }
}
