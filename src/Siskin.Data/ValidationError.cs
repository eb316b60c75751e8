namespace Siskin.Data;

/// <summary>One thing that is wrong with a value.</summary>
/// <param name="Field">Where, as a JSON path such as <c>items[3].price</c>; empty for the whole.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
public sealed record ValidationError(string Field, string Message);
