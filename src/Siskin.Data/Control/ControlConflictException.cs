namespace Siskin.Data.Control;

/// <summary>A document was written by somebody else since it was read.</summary>
/// <param name="key">Of the document.</param>
/// <param name="expected">The version that the writer had read.</param>
/// <param name="found">The version there is; 0 for none.</param>
public sealed class ControlConflictException(string key, long expected, long found)
    : Exception($"'{key}' has version {found}, not {expected}: somebody else wrote it meanwhile")
{
    /// <summary>Of the document.</summary>
    public string Key { get; } = key;
}
