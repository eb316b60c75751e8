namespace Siskin.Data.Control;

/// <summary>Keys of control documents.</summary>
public static class ControlKey
{
    /// <summary>Longest key, in characters.</summary>
    public const int MaxLength = 256;

    /// <summary>Refuses a key that is not allowed.</summary>
    /// <exception cref="ArgumentException">It has not 1 to 256 characters.</exception>
    public static void Check(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length is 0 or > MaxLength)
        {
            throw new ArgumentException($"a key has {key.Length} characters; 1 to {MaxLength} are allowed", nameof(key));
        }
    }
}
