using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Evaluation;

/// <summary>Ranks one held-back item per user: the protocols <c>leave-one-out-99</c> and <c>leave-one-out-full</c>.</summary>
/// <remarks>
/// Ties count against the held-back item: a scorer that says the same of everything gets the last rank. NaN stands below
/// every other score and is tied with itself, so that a model that broke is never taken for a good one.
/// </remarks>
public static class LeaveOneOutRanking
{
    /// <summary>Ranks every case's item among its given negatives. He et al. 2017 (NCF): 99 a user.</summary>
    /// <param name="cases">Cases with negatives, equally many each; the scorer sees negatives first and the target last.</param>
    /// <param name="scorer">Scores B × (negatives + 1) candidates.</param>
    /// <param name="batchSize">Cases for one call.</param>
    /// <param name="threads">0 uses every processor; does not change the result.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">A case has no negatives, or another number of them than the first.</exception>
    public static LeaveOneOutReport AmongNegatives(
        RankingCase[] cases, BatchScorer scorer, int batchSize = 64, int threads = 0, CancellationToken cancellationToken = default)
    {
        var width = cases.Length == 0 ? 1 : (cases[0].Negatives?.Length ?? 0) + 1;
        foreach (var one in cases)
        {
            if (one.Negatives is not { Length: > 0 } negatives || negatives.Length != width - 1)
            {
                throw new ArgumentException($"user {one.User} has {one.Negatives?.Length ?? 0} negatives; the first has {width - 1}", nameof(cases));
            }
        }

        return Run(cases, width, batchSize, threads, cancellationToken, (batch, candidates, scores) =>
        {
            for (var i = 0; i < batch.Length; i++)
            {
                var row = candidates.Slice(i * width, width);
                batch[i].Negatives!.CopyTo(row);
                row[^1] = batch[i].Target;
            }

            scorer(batch, candidates, scores);
        }, (_, scores) => NotBelow(scores, scores[^1]));
    }

    /// <summary>Ranks every case's item among the whole catalogue.</summary>
    /// <param name="cases">Cases; negatives are not looked at.</param>
    /// <param name="itemCount">Size of the catalogue.</param>
    /// <param name="scorer">Scores B × itemCount, without a list of candidates.</param>
    /// <param name="isHistoryExcluded">
    /// True leaves the items of the case's history out, other than the target itself, as published all-item figures of SASRec
    /// and S3-Rec on Amazon data do; false ranks among them too.
    /// </param>
    /// <param name="firstItem">Items below it are no items: 1 where 0 is padding.</param>
    /// <param name="batchSize">Cases for one call; itemCount · 4 bytes each and thread.</param>
    /// <param name="threads">0 uses every processor; does not change the result.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An item of a case is not in the catalogue.</exception>
    public static LeaveOneOutReport AmongAll(
        RankingCase[] cases,
        int itemCount,
        BatchScorer scorer,
        bool isHistoryExcluded = true,
        int firstItem = 0,
        int batchSize = 64,
        int threads = 0,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstItem);
        foreach (var one in cases)
        {
            if (one.Target < firstItem || one.Target >= itemCount || one.History.AsSpan().ContainsAnyExceptInRange(firstItem, itemCount - 1))
            {
                throw new ArgumentException($"user {one.User} has an item outside of {firstItem} to {itemCount - 1}", nameof(cases));
            }
        }

        return Run(cases, itemCount, batchSize, threads, cancellationToken, (batch, _, scores) => scorer(batch, [], scores), (one, scores) =>
        {
            // The target is not below itself, which makes ranks begin at 1.
            var target = scores[one.Target];
            var rank = NotBelow(scores[firstItem..], target);
            if (isHistoryExcluded)
            {
                for (var i = 0; i < one.History.Length; i++)
                {
                    var item = one.History[i];
                    if (item != one.Target && !one.History.AsSpan(0, i).Contains(item))
                    {
                        rank -= IsNotBelow(scores[item], target) ? 1 : 0;
                    }
                }
            }

            return rank;
        });
    }

    private delegate void ScoreBatch(ReadOnlySpan<RankingCase> batch, Span<int> candidates, Span<float> scores);

    private delegate int RankCase(RankingCase one, Span<float> scores);

    private static LeaveOneOutReport Run(
        RankingCase[] cases, int width, int batchSize, int threads, CancellationToken cancellationToken, ScoreBatch score, RankCase rank)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        var ranks = new int[cases.Length];
        var batches = RowPartition.Create((cases.Length + batchSize - 1) / batchSize, _ => 1);
        RowPartition.Run(batches, threads, cancellationToken, () => (Candidates: new int[batchSize * width], Scores: new float[batchSize * width]), (memory, first, end) =>
        {
            for (var batch = first; batch < end; batch++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var start = batch * batchSize;
                var count = Math.Min(batchSize, cases.Length - start);
                var scores = memory.Scores.AsSpan(0, count * width);
                score(cases.AsSpan(start, count), memory.Candidates.AsSpan(0, count * width), scores);
                for (var i = 0; i < count; i++)
                {
                    ranks[start + i] = rank(cases[start + i], scores.Slice(i * width, width));
                }
            }
        });

        return new(Array.ConvertAll(cases, one => one.User), ranks);
    }

    private static int NotBelow(ReadOnlySpan<float> scores, float target)
    {
        var count = 0;
        foreach (var score in scores)
        {
            count += IsNotBelow(score, target) ? 1 : 0;
        }

        return count;
    }

    private static bool IsNotBelow(float score, float target) => score >= target || float.IsNaN(target);
}
