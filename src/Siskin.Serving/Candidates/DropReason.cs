namespace Siskin.Serving.Candidates;

/// <summary>Why an item cannot be a candidate.</summary>
internal enum DropReason
{
    None,
    Seen,
    Unavailable,
    Filter,
}
