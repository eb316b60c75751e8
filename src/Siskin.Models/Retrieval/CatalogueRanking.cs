using Siskin.Models.Evaluation;
using Siskin.Models.Interactions;
using Siskin.Models.LinearAlgebra;
using Siskin.Vectors.Kernels;

namespace Siskin.Models.Retrieval;

/// <summary>Evaluates a retrieval model by ranking the whole catalogue for every user.</summary>
public static class CatalogueRanking
{
    // Enough for the batches that models fill, and 64 floats a catalogue item for each thread.
    private const int BatchUsers = 64;

    /// <summary>Ranks all items that a user has not taken, and compares the top with the truth.</summary>
    /// <param name="model">Scores the catalogue from users' rows and histories.</param>
    /// <param name="histories">Users × items, what the model was trained on; these items are kept out of the lists.</param>
    /// <param name="truth">Users × items that the users really took; users without any are left out.</param>
    /// <param name="lengths">The lengths k to evaluate.</param>
    /// <param name="threads">0 uses every processor. Does not change the result.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The matrices or the model differ in shape, or no length is given.</exception>
    /// <remarks>
    /// <see cref="FullRanking"/>'s figures; models that score users in batches are asked for batches. Ties go to the lower item.
    /// </remarks>
    public static RankingReport Evaluate(
        ICatalogueScorer model,
        InteractionMatrix histories,
        InteractionMatrix truth,
        ReadOnlySpan<int> lengths,
        int threads = 0,
        CancellationToken cancellationToken = default)
    {
        if (model.ItemCount != histories.ColumnCount)
        {
            throw new ArgumentException($"the model has {model.ItemCount} items, the histories {histories.ColumnCount}", nameof(histories));
        }

        if (model is not IBatchCatalogueScorer batches)
        {
            return FullRanking.Evaluate(histories, truth, (user, scores) => model.ScoreInto(user, histories.Row(user), scores), lengths, threads, cancellationToken);
        }

        if (histories.RowCount != truth.RowCount || histories.ColumnCount != truth.ColumnCount)
        {
            throw new ArgumentException($"histories are {histories.RowCount} × {histories.ColumnCount}, truth {truth.RowCount} × {truth.ColumnCount}", nameof(truth));
        }

        var total = new RankingEvaluator(model.ItemCount, lengths);
        var longest = 0;
        foreach (var length in lengths)
        {
            longest = Math.Max(longest, length);
        }

        var users = Judged(truth);
        var lists = new int[(long)users.Length * longest];
        var runs = RowPartition.Create((users.Length + BatchUsers - 1) / BatchUsers, _ => 1);
        RowPartition.Run(runs, threads, cancellationToken, () => new float[(BatchUsers * model.ItemCount) + longest], (memory, first, end) =>
        {
            for (var batch = first; batch < end; batch++)
            {
                var start = batch * BatchUsers;
                var members = users.AsSpan(start, Math.Min(BatchUsers, users.Length - start));
                batches.ScoreInto(members, histories, memory.AsSpan(0, members.Length * model.ItemCount));
                for (var i = 0; i < members.Length; i++)
                {
                    var scores = memory.AsSpan(i * model.ItemCount, model.ItemCount);
                    foreach (var item in histories.Row(members[i]).Columns)
                    {
                        scores[item] = float.NegativeInfinity;
                    }

                    TopK.Select(scores, lists.AsSpan((start + i) * longest, longest), memory.AsSpan(BatchUsers * model.ItemCount));
                }
            }
        });

        for (var i = 0; i < users.Length; i++)
        {
            total.Add(lists.AsSpan(i * longest, longest), truth.Row(users[i]).Columns);
        }

        return total.Report();
    }

    private static int[] Judged(InteractionMatrix truth)
    {
        var users = new List<int>();
        for (var user = 0; user < truth.RowCount; user++)
        {
            if (truth.Row(user).Length > 0)
            {
                users.Add(user);
            }
        }

        return [.. users];
    }
}
