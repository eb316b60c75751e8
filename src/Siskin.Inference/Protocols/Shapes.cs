using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Inference.Protocols;

/// <summary>Shapes as callers send them.</summary>
internal static class Shapes
{
    private const int MostDimensions = TensorJsonReader.MaxDepth;

    // Rows without values cost a caller nothing, but a model works for each of them.
    private const long MostEmptyRows = 1 << 16;

    /// <summary>How many values a shape has.</summary>
    /// <exception cref="ServableException">It is none that a tensor can have.</exception>
    public static int Count(string name, IReadOnlyList<long> shape)
    {
        var places = 1L;
        for (var i = 0; i < shape.Count && shape.Contains(0); i++)
        {
            places = shape[i] is > 0 and <= MostEmptyRows ? places * shape[i] : shape[i] == 0 ? places : long.MaxValue;
            if (places > MostEmptyRows)
            {
                throw Refusal.Of($"'{name}' has the shape {Tensor.Describe(shape)}, which is too large for a tensor without values");
            }
        }

        try
        {
            return shape.Count <= MostDimensions ? Tensor.CountOf(shape) : throw Refusal.Of($"'{name}' has {shape.Count} dimensions; up to {MostDimensions} are possible");
        }
        catch (ArgumentException e)
        {
            throw new ServableException(ServableError.InvalidArgument, $"'{name}': {e.Message.Split(" (Parameter")[0]}", e);
        }
    }
}
