using Siskin.Models.Interactions;

namespace Siskin.Models.Retrieval;

/// <summary>For each item the most similar other items by the users they share: item-based collaborative filtering.</summary>
/// <remarks>
/// Immutable as long as nobody writes to its arrays; safe for concurrent use. Sarwar, Karypis, Konstan and Riedl 2001;
/// Deshpande and Karypis 2004.
/// </remarks>
public sealed class ItemNeighbours : ICatalogueScorer
{
    /// <summary>Wraps stored lists without copying them.</summary>
    /// <param name="starts">Length items + 1: where each item's list starts in the other two.</param>
    /// <param name="items">Neighbours, best first within each list.</param>
    /// <param name="scores">Their similarities.</param>
    /// <exception cref="ArgumentException">The arrays do not fit each other, or a neighbour is out of range.</exception>
    public ItemNeighbours(int[] starts, int[] items, float[] scores)
    {
        if (starts.Length == 0 || starts[0] != 0 || starts[^1] != items.Length || items.Length != scores.Length)
        {
            throw new ArgumentException($"{starts.Length} starts, {items.Length} neighbours and {scores.Length} scores are no lists");
        }

        for (var item = 0; item + 1 < starts.Length; item++)
        {
            if (starts[item + 1] < starts[item])
            {
                throw new ArgumentException($"the list of item {item} ends before it starts", nameof(starts));
            }
        }

        foreach (var neighbour in items)
        {
            if ((uint)neighbour >= (uint)(starts.Length - 1))
            {
                throw new ArgumentException($"neighbour {neighbour} is none of {starts.Length - 1} items", nameof(items));
            }
        }

        Starts = starts;
        Items = items;
        Scores = scores;
    }

    /// <summary>Number of items.</summary>
    public int ItemCount => Starts.Length - 1;

    /// <summary>Where each item's list starts in <see cref="Items"/> and <see cref="Scores"/>; items + 1 numbers.</summary>
    public int[] Starts { get; }

    /// <summary>Neighbours, list after list, best first, ties by lower item.</summary>
    public int[] Items { get; }

    /// <summary>Similarities above 0, beside <see cref="Items"/>.</summary>
    public float[] Scores { get; }

    /// <summary>Finds every item's neighbours.</summary>
    /// <param name="interactions">Users × items. Weights multiply: c_ij = Σ_u f(u)·x_ui·x_uj.</param>
    /// <param name="options">Settings.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <remarks>
    /// O(Σ_u n_u²) for histories of n_u items, plus 9 bytes per item and thread and 8 per neighbour kept. Gustavson 1978's
    /// sparse product, one dense accumulator per thread. The result does not depend on the number of threads.
    /// </remarks>
    public static ItemNeighbours Build(InteractionMatrix interactions, ItemNeighboursOptions options, CancellationToken cancellationToken = default) =>
        new ItemNeighboursBuilder(interactions, options).Build(cancellationToken);

    /// <summary>Scores every item for a history: score_j = Σ_i weight_i · similarity(i, j).</summary>
    /// <param name="history">Items; repeated ones count repeatedly.</param>
    /// <param name="weights">One for each item of the history, or empty for 1 each.</param>
    /// <param name="dense">Output, one score per item; overwritten. Items of the history are scored like others.</param>
    /// <exception cref="ArgumentException">Weights or output have the wrong length.</exception>
    /// <remarks>O(items + history · neighbours). Nothing is allocated.</remarks>
    public void ScoreInto(ReadOnlySpan<int> history, ReadOnlySpan<float> weights, Span<float> dense)
    {
        if (dense.Length != ItemCount || (!weights.IsEmpty && weights.Length != history.Length))
        {
            throw new ArgumentException($"{dense.Length} scores for {ItemCount} items, or {weights.Length} weights for a history of {history.Length}");
        }

        dense.Clear();
        for (var h = 0; h < history.Length; h++)
        {
            var item = history[h];
            var weight = weights.IsEmpty ? 1 : weights[h];
            var (start, end) = (Starts[item], Starts[item + 1]);
            var neighbours = Items.AsSpan(start, end - start);
            var scores = Scores.AsSpan(start, end - start);
            for (var n = 0; n < neighbours.Length; n++)
            {
                dense[neighbours[n]] += weight * scores[n];
            }
        }
    }

    /// <inheritdoc/>
    void ICatalogueScorer.ScoreInto(int user, InteractionRow history, Span<float> dense)
    {
        foreach (var item in history.Columns)
        {
            if ((uint)item >= (uint)ItemCount)
            {
                throw new ArgumentException($"item {item} is none of {ItemCount}", nameof(history));
            }
        }

        ScoreInto(history.Columns, history.Values, dense);
    }
}
