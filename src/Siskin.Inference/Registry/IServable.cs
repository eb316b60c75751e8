using Siskin.Inference.Tensors;

namespace Siskin.Inference.Registry;

/// <summary>A loaded version of a model, of whatever kind: named tensors in, named tensors out.</summary>
/// <remarks>Safe for concurrent use. Disposed of when no request holds it any more. Completes synchronously when the model is in this process.</remarks>
public interface IServable : IDisposable
{
    /// <summary>What runs it: <c>siskin</c>, <c>onnxruntime_onnx</c>, <c>pmml</c>, <c>tensorflow_serving</c>, <c>open_inference</c>.</summary>
    string Platform { get; }

    /// <summary>What it takes.</summary>
    IReadOnlyList<TensorDescription> Inputs { get; }

    /// <summary>What it gives.</summary>
    IReadOnlyList<TensorDescription> Outputs { get; }

    /// <summary>Runs the model.</summary>
    /// <param name="inputs">A tensor for each of the inputs, in any order.</param>
    /// <param name="outputs">Names of the outputs wanted; all where there are none.</param>
    /// <param name="cancellationToken">The request's deadline; a local model may ignore it.</param>
    /// <returns>The outputs, in the order asked for.</returns>
    /// <exception cref="ServableException">An input is missing, unknown or does not fit; an output is unknown; or the model failed.</exception>
    ValueTask<IReadOnlyList<Tensor>> RunAsync(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs, CancellationToken cancellationToken = default);
}
