namespace Siskin.Vectors.Persistence;

/// <summary>One section of an index file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Offset">Where in the file it begins, in bytes.</param>
/// <param name="LengthBytes">How long it is, in bytes.</param>
/// <param name="ElementBytes">Bytes of one of its elements.</param>
public sealed record IndexSectionSummary(string Name, long Offset, long LengthBytes, int ElementBytes);
