namespace Siskin.Serving.Pipeline;

/// <summary>Looks at what recall found.</summary>
public delegate void CandidateObserver(DescribedCandidates candidates);
