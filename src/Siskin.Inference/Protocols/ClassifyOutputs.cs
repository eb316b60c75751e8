using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Inference.Protocols;

/// <summary>Which of a model's outputs answer a classification.</summary>
/// <param name="Scores">Name of a floating-point output: a score for each class.</param>
/// <param name="Classes">Name of an output of labels beside; null where classes are called by their numbers.</param>
internal sealed record ClassifyOutputs(string Scores, string? Classes)
{
    /// <summary>The outputs by their names in TensorFlow, or else by their types.</summary>
    /// <exception cref="ServableException">There are none.</exception>
    public static ClassifyOutputs Of(IReadOnlyList<TensorDescription> outputs)
    {
        var scores = Real(outputs, "scores")
            ?? throw new ServableException(ServableError.FailedPrecondition, "Expected a classification: the model has no floating-point output 'scores', nor a single one of any name");
        var labels = outputs.FirstOrDefault(o => o.Type == TensorType.Bytes && o.Name == "classes");
        return new(scores, labels?.Name);
    }

    /// <summary>The floating-point output of a name, or else the only one.</summary>
    public static string? Real(IReadOnlyList<TensorDescription> outputs, string name)
    {
        TensorDescription? only = null;
        var count = 0;
        foreach (var output in outputs)
        {
            if (output.Type is TensorType.Float16 or TensorType.Float32 or TensorType.Float64)
            {
                if (output.Name == name)
                {
                    return name;
                }

                only = output;
                count++;
            }
        }

        return count == 1 ? only!.Name : null;
    }
}
