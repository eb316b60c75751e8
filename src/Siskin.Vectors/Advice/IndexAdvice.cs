namespace Siskin.Vectors.Advice;

/// <summary>What <see cref="IndexAdvisor"/> recommends, what it rejects and why, and all that it measured.</summary>
/// <param name="Options">What was wanted, with the number of vectors filled in.</param>
/// <param name="Dimensions">d.</param>
/// <param name="SampleRows">Rows measured on, at most.</param>
/// <param name="SampleQueries">Queries measured with.</param>
/// <param name="Recommended">
/// Of what keeps to all constraints the fastest, or the smallest of those nearly as fast, or the exact index where it is fast enough;
/// null when nothing does.
/// </param>
/// <param name="Alternatives">The others: first those that fit too, then those that do not, nearest first.</param>
/// <param name="Loosen">When nothing fits: each constraint that helps when loosened alone, and by how much.</param>
/// <param name="Notes">What to know before relying on it.</param>
/// <param name="Measurements">What was measured; enough for <see cref="IndexAdvisor.Decide"/>.</param>
/// <param name="ElapsedSeconds">Time that measuring took.</param>
/// <remarks>Plain data: JSON of it can be written, read back, and decided upon anew.</remarks>
public sealed record IndexAdvice(
    IndexAdvisorOptions Options,
    int Dimensions,
    int SampleRows,
    int SampleQueries,
    IndexEstimate? Recommended,
    IReadOnlyList<IndexEstimate> Alternatives,
    IReadOnlyList<string> Loosen,
    IReadOnlyList<string> Notes,
    IReadOnlyList<MeasuredCandidate> Measurements,
    double ElapsedSeconds)
{
    /// <summary>Command lines that build what is recommended and search in it; empty when nobody set them.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>The advice as Markdown that reads well as plain text too.</summary>
    public string ToMarkdown() => AdviceReport.Markdown(this);

    /// <summary>Recall against queries per second of every index, foretold for the wanted number of vectors, as SVG.</summary>
    public string ToSvg() => AdviceReport.Svg(this);
}
