namespace Siskin.Models.Embeddings;

/// <summary>One vector for each item, and one for each item as context.</summary>
/// <remarks>Similar items have vectors of high cosine; a vector times a context vector is the log-odds of the two occurring near each other against chance. Safe for concurrent readers.</remarks>
public sealed class ItemEmbeddings
{
    private readonly bool[] _trained;

    internal ItemEmbeddings(int dimensions, float[] vectors, float[] contextVectors, int[] counts, bool[] trained)
    {
        Dimensions = dimensions;
        Vectors = vectors;
        ContextVectors = contextVectors;
        Counts = counts;
        _trained = trained;
    }

    /// <summary>Number of items.</summary>
    public int ItemCount => Counts.Length;

    /// <summary>Dimensions of a vector.</summary>
    public int Dimensions { get; }

    /// <summary>Row-major, items × dimensions; zeros for items that were not trained.</summary>
    public float[] Vectors { get; }

    /// <summary>Row-major, items × dimensions: the output side of the model; zeros for items that were not trained.</summary>
    public float[] ContextVectors { get; }

    /// <summary>How often each item occurred.</summary>
    public int[] Counts { get; }

    /// <summary>Whether the item occurred often enough, and near another that did, to get a vector.</summary>
    /// <param name="item">0 to <see cref="ItemCount"/> − 1.</param>
    public bool IsTrained(int item) => _trained[item];

    /// <summary>An item's vector, without a copy.</summary>
    /// <param name="item">0 to <see cref="ItemCount"/> − 1.</param>
    public ReadOnlySpan<float> Vector(int item) => Vectors.AsSpan(item * Dimensions, Dimensions);
}
