namespace Siskin.Models.Evaluation;

/// <summary>What two scorers made of the same requests.</summary>
public sealed record ScorerComparisonReport
{
    /// <summary>The scorer in force, as NAME@VERSION.</summary>
    public required string Base { get; init; }

    /// <summary>The one compared with it.</summary>
    public required string Candidate { get; init; }

    /// <summary>Requests that both scored.</summary>
    public long Requests { get; init; }

    /// <summary>Requests that users got from the candidate.</summary>
    public long Canary { get; init; }

    /// <summary>Mean over requests of Pearson's correlation of the scores; those with fewer than two different scores are left out.</summary>
    public double Correlation { get; init; }

    /// <summary>Mean over requests of Spearman's correlation: that of the ranks, ties sharing theirs.</summary>
    public double RankCorrelation { get; init; }

    /// <summary>Mean share of the base's ten best that are also among the candidate's ten best; of as many as there are in shorter lists.</summary>
    public double Overlap { get; init; }

    /// <summary>Share of requests with the same best item.</summary>
    public double SameFirst { get; init; }

    /// <summary>Time of the base for a request, median, in milliseconds.</summary>
    public double BaseP50 { get; init; }

    /// <summary>Time of the base that 99 % of requests do not exceed, in milliseconds.</summary>
    public double BaseP99 { get; init; }

    /// <summary>As <see cref="BaseP50"/>, of the candidate.</summary>
    public double CandidateP50 { get; init; }

    /// <summary>As <see cref="BaseP99"/>, of the candidate.</summary>
    public double CandidateP99 { get; init; }

    /// <summary>Calls of the base that failed or were late.</summary>
    public long BaseErrors { get; init; }

    /// <summary>Calls of the candidate that failed or were late.</summary>
    public long CandidateErrors { get; init; }

    /// <summary>What the candidate failed with lately; null when it did not.</summary>
    public string? LastError { get; init; }

    /// <summary>Requests that were to be compared and were not, because too many waited.</summary>
    public long Dropped { get; init; }

    /// <summary>Failed calls of the candidate, of all its calls; 0 when there was none.</summary>
    public double CandidateErrorShare => Requests + CandidateErrors == 0 ? 0 : (double)CandidateErrors / (Requests + CandidateErrors);
}
