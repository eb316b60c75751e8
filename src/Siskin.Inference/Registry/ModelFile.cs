namespace Siskin.Inference.Registry;

/// <summary>A file of a model version.</summary>
/// <param name="Name">Relative to the version's folder, with forward slashes.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">In hex.</param>
public sealed record ModelFile(string Name, long Bytes, string Sha256);
