using System.Numerics;
using Siskin.Vectors.Kernels;

namespace Siskin.Vectors.Scan;

/// <content>How many candidates must be scored again: measured after building.</content>
public sealed unsafe partial class ScanIndex
{
    private const int MeasuredQueries = 200;
    private const int MeasuredRows = 200_000;

    // Vectors of the index ask for their neighbours, without themselves. All rows of the nearest lists are scored by their
    // codes and whole; of each of the nearest by the whole vectors it is seen which place it has by codes.
    private RescoreDepth MeasureDepth(ReadOnlyMemory<float> rows, CancellationToken cancellationToken)
    {
        var n = _live;
        var queries = Math.Min(MeasuredQueries, n);
        var nearest = Math.Min(RescoreDepth.MeasuredK, n - 1);
        if (nearest < 1)
        {
            return new(DefaultFactor);
        }

        var most = (int)Math.Clamp(MeasuredRows / Math.Max(1, n / _lists.Length), 1, _lists.Length);
        var ranks = new int[BitOperations.Log2((uint)most) + 1][];
        foreach (ref var ofLists in ranks.AsSpan())
        {
            ofLists = new int[queries * nearest];
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = Options.Threads > 0 ? Options.Threads : Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.For(0, queries, options, query =>
        {
            var row = (int)((long)query * n / queries);
            MeasureRanks(rows.Span.Slice(row * Dimensions, Dimensions), row, most, nearest, ranks, query * nearest);
        });
        return RescoreDepth.Choose(ranks);
    }

    private void MeasureRanks(ReadOnlySpan<float> query, int self, int most, int nearest, int[][] ranks, int at)
    {
        using var scratch = new ScanScratch();
        var coarse = Prepare(scratch, query);
        scratch.ReserveLists(most);
        TopK.Select(new ReadOnlySpan<float>(coarse, _lists.Length), scratch.Chosen.AsSpan(0, most), scratch.ChosenScores.AsSpan(0, most));
        var total = 0;
        foreach (var number in scratch.Chosen.AsSpan(0, most))
        {
            total += _lists[number].Count;
        }

        var (byCode, whole) = (new float[total], new float[total]);
        byCode.AsSpan().Fill(float.NegativeInfinity);
        scratch.ReserveCandidates(total + 1);
        var candidates = new Candidates(scratch.Keys, total + 1, default);
        var scanned = 0;
        foreach (var number in scratch.Chosen.AsSpan(0, most))
        {
            var list = _lists[number];
            candidates.Start = scanned;
            _codec.Scan(scratch.Query, list.Codes, list.Ids, list.Count, CentroidScore(query, number), ref candidates);
            for (var row = 0; row < list.Count; row++)
            {
                var vector = new ReadOnlySpan<float>(list.Originals + ((nint)row * OriginalStride), Dimensions);
                var score = Metric == VectorMetric.L2 ? -VectorMath.SquaredL2(query, vector) : VectorMath.Dot(query, vector);
                whole[scanned++] = list.Ids[row] == self ? float.NegativeInfinity : score;
            }
        }

        for (var i = 0; i < candidates.Count; i++)
        {
            byCode[candidates.Position(i)] = candidates.Score(i);
        }

        var (best, bestScores) = (new int[nearest], new float[nearest]);
        var found = TopK.Select(whole, best, bestScores);
        var better = new int[found];
        var (seen, lists) = (0, 0);
        for (var power = 0; power < ranks.Length; power++)
        {
            var first = seen;
            for (; lists < 1 << power; lists++)
            {
                seen += _lists[scratch.Chosen[lists]].Count;
            }

            for (var i = 0; i < found; i++)
            {
                better[i] += CountAbove(byCode.AsSpan(first, seen - first), byCode[best[i]]);
                ranks[power][at + i] = best[i] < seen ? better[i] + 1 : 0;
            }
        }
    }

    private static int CountAbove(ReadOnlySpan<float> scores, float score)
    {
        var count = 0;
        foreach (var x in scores)
        {
            count += x > score ? 1 : 0;
        }

        return count;
    }
}
