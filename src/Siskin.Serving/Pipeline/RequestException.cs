namespace Siskin.Serving.Pipeline;

/// <summary>A request cannot be answered because of what it asks.</summary>
/// <param name="field">The request's field, as in its JSON body, such as <c>filter.anyTags[1]</c>.</param>
/// <param name="message">What is wrong and what is allowed.</param>
/// <param name="isNotFound">Whether the field names something that does not exist.</param>
public sealed class RequestException(string field, string message, bool isNotFound = false)
    : ArgumentException(message)
{
    /// <summary>The request's field, as in its JSON body.</summary>
    public string Field { get; } = field;

    /// <summary>Whether the field names something that does not exist (an unknown scene or item).</summary>
    public bool IsNotFound { get; } = isNotFound;
}
