namespace Siskin.Inference.Registry;

/// <summary>Loads models of one kind.</summary>
public interface IServableLoader
{
    /// <summary>The kind: <c>onnx</c>, <c>pmml</c>, <c>graph</c>, …</summary>
    string Kind { get; }

    /// <summary>Whether a folder holds a model of the kind.</summary>
    bool Recognises(string folder);

    /// <summary>Loads the model.</summary>
    /// <param name="folder">Of one version.</param>
    /// <exception cref="Vectors.ModelFormatException">The model cannot be used; says where and why. Nothing stays loaded.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    IServable Load(string folder);
}
