namespace Siskin.Vectors;

/// <summary>Finds the vectors nearest to a query: exactly, by hashing, by lists of codes or by a graph.</summary>
/// <remarks>
/// <para>Ids are the caller's: any number from 0 on, dense ones preferred, because filters are bitmaps over ids.</para>
/// <para>
/// Searches may run beside each other and beside <see cref="Add"/> and <see cref="Remove"/> from any threads. What was
/// added before a search began is found by it, what was removed before is not; of changes during it either may be seen,
/// and a graph may miss a vector in the very moment in which another takes its place.
/// </para>
/// <para>Cosine indexes normalise what they are given; a zero vector has cosine 0 with everything.</para>
/// </remarks>
public interface IVectorIndex : IDisposable
{
    /// <summary>How nearness is measured.</summary>
    VectorMetric Metric { get; }

    /// <summary>Numbers per vector, d.</summary>
    int Dimensions { get; }

    /// <summary>How many vectors can be found.</summary>
    int Count { get; }

    /// <summary>What the index holds, by part and in bytes.</summary>
    IndexMemory Memory { get; }

    /// <summary>Finds the k nearest vectors, where k is the length of the outputs.</summary>
    /// <param name="query">Length d, finite; need not be normalised.</param>
    /// <param name="ids">Output, length k: nearest first; missing results are −1.</param>
    /// <param name="scores">
    /// Output, length k; larger is nearer: the inner product, the cosine, or the squared distance with its sign turned.
    /// −∞ where missing. Computed from the vectors as given, not from compressed ones, when the index kept them.
    /// </param>
    /// <param name="options">What may be found, and how hard to look; the default allows everything and looks as hard as the index was told when made.</param>
    /// <returns>How many were found.</returns>
    /// <exception cref="ArgumentException">The query has not d numbers or one is not finite, or the outputs have different lengths.</exception>
    int Search(ReadOnlySpan<float> query, Span<int> ids, Span<float> scores, SearchOptions options = default);

    /// <summary>Adds a vector, or puts it in the place of the one that has this id.</summary>
    /// <param name="id">0 or more.</param>
    /// <param name="vector">Length d, finite.</param>
    /// <exception cref="ArgumentException">The vector has not d numbers or one is not finite, or the id is negative.</exception>
    void Add(int id, ReadOnlySpan<float> vector);

    /// <summary>Takes a vector out.</summary>
    /// <param name="id">Any number.</param>
    /// <returns>False when there was none with this id.</returns>
    bool Remove(int id);

    /// <summary>Writes the index into a file, beside it first and then renamed, so that a half-written file is never seen.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    void Save(string path);
}
