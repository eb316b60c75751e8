using System.ComponentModel.DataAnnotations;

namespace Siskin.Inference.Onnx.Runtime;

/// <summary>How ONNX Runtime runs a model.</summary>
public sealed record OnnxRuntimeOptions
{
    /// <summary>Threads that work on one request. With one, the thread that asks does the work itself, and requests keep each other waiting least.</summary>
    /// <value>1, which is best for models as small as those of recommenders.</value>
    [Range(1, 256)]
    public int Threads { get; init; } = 1;
}
