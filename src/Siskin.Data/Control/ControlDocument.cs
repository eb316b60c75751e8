namespace Siskin.Data.Control;

/// <summary>A document of the control store.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Json">Its content.</param>
/// <param name="Version">Of the write that made it.</param>
public sealed record ControlDocument(string Key, string Json, long Version);
