using System.Runtime.Intrinsics;
using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Factorization;

/// <summary>
/// Solves for one vector while those of the other side are fixed:
/// (Σ w·h hᵀ + α₀·HᵀH + λ(Σ w + α₀·n)^ν·I) x = Σ w·h over the row's interactions, n the number of fixed vectors.
/// </summary>
/// <remarks>Immutable; one solver serves any number of threads, each with a workspace of its own.</remarks>
internal sealed unsafe class FactorSolver
{
    private const int Size = ProductTile.Size;

    private readonly PaddedFactors _fixed;
    private readonly ImplicitAlsOptions _options;
    private readonly float[] _gramian;

    public FactorSolver(PaddedFactors fixedSide, ImplicitAlsOptions options, CancellationToken cancellationToken)
    {
        _fixed = fixedSide;
        _options = options;
        _gramian = Gramian.Compute(fixedSide, options.UnobservedWeight, options.Threads, cancellationToken);
        for (var i = fixedSide.Dimensions; i < fixedSide.Stride; i++)
        {
            // The padded unknowns have equations of their own: 1·x = 0.
            _gramian[(i * fixedSide.Stride) + i] = 1;
        }
    }

    public FactorWorkspace CreateWorkspace() => new(_fixed.Stride);

    /// <param name="columns">Rows of the fixed side.</param>
    /// <param name="weights">One for each of them, or empty for 1 each.</param>
    /// <param name="vector">Output, length d; zero for a row without interactions.</param>
    /// <param name="workspace">Not in use by another thread.</param>
    public void Solve(ReadOnlySpan<int> columns, ReadOnlySpan<float> weights, Span<float> vector, FactorWorkspace workspace)
    {
        if (columns.IsEmpty)
        {
            vector.Clear();
            return;
        }

        var n = _fixed.Stride;
        var matrix = workspace.Matrix;
        _gramian.CopyTo(new Span<float>(matrix, n * n));
        new Span<float>(workspace.RightSide, n).Clear();
        var weightSum = (double)columns.Length;
        if (!weights.IsEmpty)
        {
            weightSum = 0;
            foreach (var weight in weights)
            {
                weightSum += weight;
            }
        }

        for (var start = 0; start < columns.Length; start += FactorWorkspace.BlockRows)
        {
            var count = Math.Min(FactorWorkspace.BlockRows, columns.Length - start);
            Gather(columns.Slice(start, count), weights.IsEmpty ? default : weights.Slice(start, count), workspace);
            AddProducts(workspace, count, !weights.IsEmpty);
        }

        var ridge = (float)(_options.Regularization * Math.Pow(weightSum + ((double)_options.UnobservedWeight * _fixed.Count), _options.Exponent));
        for (var i = 0; i < n; i++)
        {
            matrix[(i * n) + i] += ridge;
        }

        BlockCholesky.Solve(matrix, n, workspace.RightSide, workspace.Cholesky);
        new ReadOnlySpan<float>(workspace.RightSide, vector.Length).CopyTo(vector);
        GC.KeepAlive(_fixed);
        GC.KeepAlive(workspace);
    }

    // Copies the rows, times √w, so that one rank-k update serves weighted and plain interactions.
    private void Gather(ReadOnlySpan<int> columns, ReadOnlySpan<float> weights, FactorWorkspace workspace)
    {
        var n = _fixed.Stride;
        for (var k = 0; k < columns.Length; k++)
        {
            var from = _fixed.Start + ((nint)columns[k] * n);
            var to = workspace.Panels + (k * Size);
            var root = 1f;
            if (!weights.IsEmpty)
            {
                workspace.Roots[k] = root = MathF.Sqrt(weights[k]);
            }

            for (var column = 0; column < n; column += Size)
            {
                Lanes16.Scale(from + column, root, to);
                to += FactorWorkspace.BlockRows * Size;
            }
        }
    }

    private void AddProducts(FactorWorkspace workspace, int count, bool isWeighted)
    {
        const int PanelLength = FactorWorkspace.BlockRows * Size;
        var n = _fixed.Stride;
        for (var i = 0; i < n; i += Size)
        {
            var panel = workspace.Panels + (i / Size * PanelLength);
            AddRows(panel, count, isWeighted ? workspace.Roots : null, workspace.RightSide + i);
            for (var j = i; j < n; j += Size)
            {
                ProductTile.Multiply(panel, Size, workspace.Panels + (j / Size * PanelLength), Size, count, workspace.Matrix + (i * n) + j, n, TileMode.Add);
            }
        }
    }

    // b += Σ √w · (√w·h) over one panel.
    private static void AddRows(float* panel, int count, float* roots, float* b)
    {
        var k = 0;
        if (Vector512.IsHardwareAccelerated && roots == null)
        {
            var even = Vector512.Load(b);
            var odd = Vector512<float>.Zero;
            for (; k <= count - 2; k += 2)
            {
                even += Vector512.Load(panel + (k * Size));
                odd += Vector512.Load(panel + ((k + 1) * Size));
            }

            (even + odd).Store(b);
        }

        for (; k < count; k++)
        {
            Lanes16.AddScaled(panel + (k * Size), roots == null ? 1 : roots[k], b);
        }
    }
}
