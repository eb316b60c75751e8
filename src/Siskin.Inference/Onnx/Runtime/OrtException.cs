namespace Siskin.Inference.Onnx.Runtime;

/// <summary>ONNX Runtime refused a call.</summary>
/// <param name="code">Why, as a number of its own.</param>
/// <param name="message">Why, in its words.</param>
internal sealed class OrtException(int code, string message) : Exception(message)
{
    /// <summary>The code of arguments that do not fit the model.</summary>
    public const int InvalidArgument = 2;

    /// <summary>Why, as a number of <c>OrtErrorCode</c>.</summary>
    public int Code { get; } = code;
}
