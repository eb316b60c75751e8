namespace Siskin.Vectors.Persistence;

/// <summary>When an index file's blocks are compared with their checksums. In every case none is used before it was.</summary>
public enum IndexVerification
{
    /// <summary>Each block when it is first used; a background thread of low priority goes through the others.</summary>
    Background,

    /// <summary>Each block when it is first used, and no others: for files larger than memory.</summary>
    OnFirstUse,

    /// <summary>All of them before the index is open.</summary>
    BeforeUse,
}
