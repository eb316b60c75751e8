namespace Siskin.Inference.Registry;

/// <summary>A model did not answer.</summary>
/// <param name="error">Why, as a code.</param>
/// <param name="message">Why, in words.</param>
/// <param name="inner">What it failed with; null when nothing was thrown.</param>
public sealed class ServableException(ServableError error, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why, as a code.</summary>
    public ServableError Error { get; } = error;
}
