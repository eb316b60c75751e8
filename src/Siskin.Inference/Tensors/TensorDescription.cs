namespace Siskin.Inference.Tensors;

/// <summary>An input or output that a model declares.</summary>
/// <param name="Name">Unique among the model's inputs, or its outputs.</param>
/// <param name="Type">What it consists of.</param>
/// <param name="Shape">Length of each dimension; −1 for one that is free, the batch's as a rule.</param>
public sealed record TensorDescription(string Name, TensorType Type, IReadOnlyList<long> Shape)
{
    /// <summary>Whether a tensor has the declared type, number of dimensions, and lengths where they are not free.</summary>
    public bool Fits(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return Mismatch(tensor) is null;
    }

    /// <summary>What is wrong with a tensor given for this input.</summary>
    /// <returns>null when it fits.</returns>
    public string? Mismatch(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Type != Type)
        {
            return $"'{Name}' is of type {tensor.Type}; the model takes {Type}";
        }

        var fits = tensor.Shape.Count == Shape.Count;
        for (var i = 0; fits && i < Shape.Count; i++)
        {
            fits = Shape[i] < 0 || Shape[i] == tensor.Shape[i];
        }

        return fits ? null : $"'{Name}' has the shape {Tensor.Describe(tensor.Shape)}; the model takes {Tensor.Describe(Shape)}";
    }
}
