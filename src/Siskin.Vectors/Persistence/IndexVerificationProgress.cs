namespace Siskin.Vectors.Persistence;

/// <summary>How far the verification of an index file is.</summary>
/// <param name="VerifiedBytes">Bytes compared with their checksums.</param>
/// <param name="TotalBytes">Bytes to compare.</param>
public readonly record struct IndexVerificationProgress(long VerifiedBytes, long TotalBytes);
