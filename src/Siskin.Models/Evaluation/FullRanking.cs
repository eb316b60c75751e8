using Siskin.Models.Interactions;
using Siskin.Models.LinearAlgebra;
using Siskin.Vectors.Kernels;

namespace Siskin.Models.Evaluation;

/// <summary>Evaluates a scorer by ranking the whole catalogue for every user, without sampled negatives.</summary>
public static class FullRanking
{
    /// <summary>Ranks all items that a user has not seen, and compares the top with the truth.</summary>
    /// <param name="seen">Users × items that are kept out of the lists: what the model was trained on.</param>
    /// <param name="truth">Users × items that the users really took; users without any are left out.</param>
    /// <param name="scorer">Scores the catalogue for a user.</param>
    /// <param name="lengths">The lengths k to evaluate.</param>
    /// <param name="threads">0 uses every processor. Does not change the result.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The matrices differ in shape, or no length is given.</exception>
    /// <remarks>Ties go to the lower item. The scorer and O(items) per user; 4 bytes per item and thread.</remarks>
    public static RankingReport Evaluate(
        InteractionMatrix seen,
        InteractionMatrix truth,
        DenseScorer scorer,
        ReadOnlySpan<int> lengths,
        int threads = 0,
        CancellationToken cancellationToken = default)
    {
        if (seen.RowCount != truth.RowCount || seen.ColumnCount != truth.ColumnCount)
        {
            throw new ArgumentException($"seen is {seen.RowCount} × {seen.ColumnCount}, truth {truth.RowCount} × {truth.ColumnCount}", nameof(truth));
        }

        var itemCount = seen.ColumnCount;
        var total = new RankingEvaluator(itemCount, lengths);
        var longest = 0;
        foreach (var length in lengths)
        {
            longest = Math.Max(longest, length);
        }

        // Lists are made in parallel and added up in the users' order, so that the sums repeat to the last bit.
        var lists = new int[(long)seen.RowCount * longest];
        var runs = RowPartition.Create(seen.RowCount, user => truth.Row(user).Length > 0 ? 1 : 0);
        RowPartition.Run(runs, threads, cancellationToken, () => new float[itemCount + longest], (memory, first, end) =>
        {
            var scores = memory.AsSpan(0, itemCount);
            for (var user = first; user < end; user++)
            {
                if (truth.Row(user).Length == 0)
                {
                    continue;
                }

                scorer(user, scores);
                foreach (var item in seen.Row(user).Columns)
                {
                    scores[item] = float.NegativeInfinity;
                }

                TopK.Select(scores, lists.AsSpan(user * longest, longest), memory.AsSpan(itemCount));
            }
        });

        for (var user = 0; user < seen.RowCount; user++)
        {
            total.Add(lists.AsSpan(user * longest, longest), truth.Row(user).Columns);
        }

        return total.Report();
    }
}
