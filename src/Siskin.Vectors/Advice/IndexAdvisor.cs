using Siskin.Vectors.Files;

namespace Siskin.Vectors.Advice;

/// <summary>Recommends an index for given vectors and wishes, by measuring indexes on a sample.</summary>
/// <remarks>
/// Indexes are measured on a sample and the promising ones on another four times as large, and their figures foretold for the wanted
/// number of vectors: memory straight through both, the time of exact searches in proportion, that of others by at least the
/// law of their kind or as fast as it was seen to grow, and recall as a bound by the growth of misses that was seen, with a
/// margin. Only the exact index is foretold to miss nothing. Among those that keep to all constraints the fastest is
/// recommended; of those nearly as fast the one with the least memory; and an exact index before all when it takes no more than
/// half of a latency asked for. What is recommended was measured on the larger sample.
/// </remarks>
public static class IndexAdvisor
{
    /// <summary>The fewest vectors that can be measured with.</summary>
    public const int LeastRows = 100;

    /// <summary>Measures and recommends.</summary>
    /// <param name="rows">Vectors that will be searched, or a sample of them; at least 100.</param>
    /// <param name="queries">Queries like those that will be asked; null holds out some rows.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="progress">Gets where the work stands, on the calling thread; may be null.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="ArgumentException">An option is not allowed, there are too few rows or no queries, or their d differ.</exception>
    /// <remarks>
    /// Takes about <see cref="IndexAdvisorOptions.TimeLimit"/>, and longer where what is recommended is yet to be measured. Searches are timed on the calling thread: whatever else runs
    /// meanwhile makes figures worse than they are.
    /// </remarks>
    public static IndexAdvice Advise(
        VectorSet rows, VectorSet? queries = null, IndexAdvisorOptions? options = null, IProgress<AdviceProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new IndexAdvisorOptions();
        options.Check();
        var sample = AdviceSample.Draw(rows, queries, options);
        options = options with { Count = options.Count > 0 ? options.Count : rows.Count };
        var run = new AdviceRun(new CandidateMeasurer(sample, options), IndexCandidates.All, options, TimeProvider.System);
        return run.Run(sample.Rows.Count, sample.Queries.Count, rows.Dimensions, progress, cancellationToken);
    }

    /// <summary>Recommends anew from what was measured before, under other constraints; measures nothing.</summary>
    /// <param name="measured">Advice given before.</param>
    /// <param name="options">
    /// What is wanted now. Metric and k must be those measured with; a count of 0 keeps the count of before.
    /// </param>
    /// <exception cref="ArgumentException">An option is not allowed, or metric or k are others.</exception>
    /// <remarks>The same measurements and options always give the same answer.</remarks>
    public static IndexAdvice Decide(IndexAdvice measured, IndexAdvisorOptions options)
    {
        options.Check();
        if (options.Metric != measured.Options.Metric || options.K != measured.Options.K)
        {
            throw new ArgumentException($"measured with {measured.Options.Metric} and k = {measured.Options.K}, asked about {options.Metric} and k = {options.K}", nameof(options));
        }

        options = options with { Count = options.Count > 0 ? options.Count : measured.Options.Count };
        return AdviceRun.Decide(measured.Measurements, options, measured.Dimensions, measured.SampleRows, measured.SampleQueries, measured.ElapsedSeconds);
    }
}
