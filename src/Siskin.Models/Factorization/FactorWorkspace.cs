using System.Runtime.CompilerServices;
using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Factorization;

/// <summary>One thread's memory for solving for one vector at a time.</summary>
internal sealed unsafe class FactorWorkspace
{
    /// <summary>Rows gathered at a time: two panels of 16 columns stay in the first-level cache.</summary>
    public const int BlockRows = 128;

    private readonly float[] _memory;

    public FactorWorkspace(int stride)
    {
        var length = (stride * stride) + (BlockRows * stride) + BlockRows + stride + BlockCholesky.WorkspaceLength(stride);
        _memory = GC.AllocateArray<float>(length + ProductTile.Size, pinned: true);
        var start = (nuint)Unsafe.AsPointer(ref _memory[0]);
        Matrix = (float*)((start + 63) & ~(nuint)63);
        Panels = Matrix + (stride * stride);
        Roots = Panels + (BlockRows * stride);
        RightSide = Roots + BlockRows;
        Cholesky = RightSide + stride;
    }

    /// <summary>stride × stride.</summary>
    public float* Matrix { get; }

    /// <summary>Gathered rows, 16 columns after 16 columns: panel p holds rows of 16 numbers from p · 16 · BlockRows on.</summary>
    public float* Panels { get; }

    /// <summary>Square roots of the weights of the gathered rows.</summary>
    public float* Roots { get; }

    /// <summary>The right side, then the solution.</summary>
    public float* RightSide { get; }

    public float* Cholesky { get; }
}
