using Siskin.Models.LinearAlgebra;
using Siskin.Vectors.Memory;

namespace Siskin.Models.Graph;

/// <summary>A matrix of weights as products read it, forward and backward.</summary>
internal sealed unsafe class PackedParameter
{
    private readonly NativeBlock _forward;
    private readonly NativeBlock? _backward;

    /// <param name="parameter">in × out.</param>
    /// <param name="isTransposed">Whether gradients go back through it, so that its transpose is needed too.</param>
    public PackedParameter(Parameter parameter, bool isTransposed)
    {
        Parameter = parameter;
        _forward = new NativeBlock(PackedMatrix.LengthOf(parameter.Rows, parameter.Columns) * sizeof(float));
        _backward = isTransposed ? new NativeBlock(PackedMatrix.LengthOf(parameter.Columns, parameter.Rows) * sizeof(float)) : null;
    }

    public Parameter Parameter { get; }

    /// <summary>in × out.</summary>
    public PackedMatrix Forward => new((float*)_forward.Pointer, Parameter.Rows, Parameter.Columns);

    /// <summary>out × in.</summary>
    public PackedMatrix Transposed => new((float*)_backward!.Pointer, Parameter.Columns, Parameter.Rows);

    /// <summary>Packs one part of several.</summary>
    public void Prepare(int part, int parts)
    {
        var (from, to) = PanelsOf(Parameter.Columns, part, parts);
        Forward.Fill(Parameter.Values, Parameter.Columns, from, to);
        if (_backward is not null)
        {
            (from, to) = PanelsOf(Parameter.Rows, part, parts);
            Transposed.FillTransposed(Parameter.Values, Parameter.Columns, from, to);
        }
    }

    private static (int From, int To) PanelsOf(int columns, int part, int parts)
    {
        var panels = (columns + GemmTile.Columns - 1) / GemmTile.Columns;
        return (panels * part / parts * GemmTile.Columns, Math.Min(columns, panels * (part + 1) / parts * GemmTile.Columns));
    }
}
