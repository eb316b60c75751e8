namespace Siskin.Serving.Releases;

/// <summary>One file of a release.</summary>
/// <param name="Name">Name inside the release's directory.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">SHA-256 of its content, in lower-case hex.</param>
public sealed record ReleaseFile(string Name, long Bytes, string Sha256);
