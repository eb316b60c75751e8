using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Inference.Protocols;

/// <summary>A request of a protocol, read: what the model is given, and how its outputs are answered.</summary>
public interface IProtocolRequest
{
    /// <summary>What the model is given.</summary>
    IReadOnlyList<Tensor> Inputs { get; }

    /// <summary>Names of the outputs wanted; all where there are none.</summary>
    IReadOnlyList<string> Outputs { get; }

    /// <summary>How many rows are asked for.</summary>
    int Rows { get; }

    /// <summary>Writes the answer.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="model">Name of the model.</param>
    /// <param name="version">Of the model.</param>
    /// <param name="outputs">What the model gave.</param>
    /// <exception cref="ServableException">The outputs cannot be answered in this form.</exception>
    void Write(TensorJsonWriter writer, string model, long version, IReadOnlyList<Tensor> outputs);
}
