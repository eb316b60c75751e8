namespace Siskin.Vectors.Advice;

/// <summary>Finds out what an index does on a sample.</summary>
internal interface ICandidateMeasurer
{
    /// <summary>Builds the index over the first rows of the sample and measures it.</summary>
    /// <param name="candidate">The index.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="mostEffort">Efforts up to this one are all measured, whatever recall they show: what another sample was measured at.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    CandidateMeasurement Measure(IndexCandidate candidate, int rows, int mostEffort, CancellationToken cancellationToken);
}
