using System.Runtime.Intrinsics;

namespace Siskin.Vectors.Kernels;

/// <summary>Keeps the k best of a stream of (id, score) pairs in memory that the caller owns.</summary>
/// <remarks>
/// Higher scores are better; equal scores go to the lower id, whatever the order of arrival. NaN and −∞ never enter, so
/// that −∞ can mark what must not be chosen. A pair that is too weak costs one comparison, an accepted one O(log k).
/// Lives on the stack of one caller; not to be used from several threads.
/// </remarks>
public ref struct TopK
{
    private readonly Span<int> _ids;
    private readonly Span<float> _scores;
    private int _count;

    /// <summary>Starts an empty selection.</summary>
    /// <param name="ids">Room for k ids; what it held before does not matter.</param>
    /// <param name="scores">Room for k scores.</param>
    /// <exception cref="ArgumentException">The two spans have different lengths.</exception>
    public TopK(Span<int> ids, Span<float> scores)
    {
        if (ids.Length != scores.Length)
        {
            throw new ArgumentException($"room for {ids.Length} ids and {scores.Length} scores; both must be k");
        }

        _ids = ids;
        _scores = scores;
        Threshold = ids.Length == 0 ? float.PositiveInfinity : float.NegativeInfinity;
    }

    /// <summary>Goes on with a selection that was left in its memory before <see cref="Finish"/>.</summary>
    /// <param name="ids">Room for k ids.</param>
    /// <param name="scores">Room for k scores.</param>
    /// <param name="count">How many it held.</param>
    internal TopK(Span<int> ids, Span<float> scores, int count)
        : this(ids, scores)
    {
        _count = count;
        if (count == ids.Length && count > 0)
        {
            Threshold = scores[0];
        }
    }

    /// <summary>How many pairs are held, at most k.</summary>
    public readonly int Count => _count;

    /// <summary>Scores below this cannot enter: the worst held once k are held, −∞ before.</summary>
    public float Threshold { get; private set; }

    /// <summary>Whether an id is held.</summary>
    public readonly bool Contains(int id) => _ids[.._count].Contains(id);

    /// <summary>Offers a pair. An id offered twice may be held twice.</summary>
    /// <param name="id">Any number; the lower one wins ties.</param>
    /// <param name="score">Higher is better.</param>
    public void Push(int id, float score)
    {
        if (!(score >= Threshold) || score == float.NegativeInfinity || _ids.Length == 0)
        {
            return;
        }

        if (_count < _ids.Length)
        {
            SiftUp(_count++, id, score);
            if (_count == _ids.Length)
            {
                Threshold = _scores[0];
            }
        }
        else if (IsWorse(_ids[0], _scores[0], id, score))
        {
            SiftDown(0, _count, id, score);
            Threshold = _scores[0];
        }
    }

    /// <summary>Offers a run of scores whose ids follow each other.</summary>
    /// <param name="firstId">Id of the first score; the next ones count up from it.</param>
    /// <param name="scores">Any length.</param>
    public void PushRange(int firstId, scoped ReadOnlySpan<float> scores)
    {
        var i = 0;

        // While the list fills nearly every score enters; afterwards nearly none does, and a register's worth goes by at a time.
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= scores.Length - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                var hits = Vector512.GreaterThanOrEqual(Vector512.Create(scores.Slice(i, Vector512<float>.Count)), Vector512.Create(Threshold)).ExtractMostSignificantBits();
                for (; hits != 0; hits &= hits - 1)
                {
                    var at = i + System.Numerics.BitOperations.TrailingZeroCount(hits);
                    Push(firstId + at, scores[at]);
                }
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= scores.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                var hits = Vector256.GreaterThanOrEqual(Vector256.Create(scores.Slice(i, Vector256<float>.Count)), Vector256.Create(Threshold)).ExtractMostSignificantBits();
                for (; hits != 0; hits &= hits - 1)
                {
                    var at = i + System.Numerics.BitOperations.TrailingZeroCount(hits);
                    Push(firstId + at, scores[at]);
                }
            }
        }

        for (; i < scores.Length; i++)
        {
            Push(firstId + i, scores[i]);
        }
    }

    /// <summary>Sorts what is held, best first, and fills the rest with id −1 and score −∞. Nothing may be offered afterwards.</summary>
    /// <returns>How many pairs are held.</returns>
    public int Finish()
    {
        for (var last = _count - 1; last > 0; last--)
        {
            var (id, score) = (_ids[last], _scores[last]);
            (_ids[last], _scores[last]) = (_ids[0], _scores[0]);
            SiftDown(0, last, id, score);
        }

        _ids[_count..].Fill(-1);
        _scores[_count..].Fill(float.NegativeInfinity);
        Threshold = float.PositiveInfinity;
        return _count;
    }

    /// <summary>Chooses the k best of n scores; the id of a score is its position.</summary>
    /// <param name="scores">Length n; NaN and −∞ are never chosen.</param>
    /// <param name="ids">Output, length k, best first, ties by lower id; missing results are −1.</param>
    /// <param name="best">Output, length k: the scores of <paramref name="ids"/>; −∞ where missing.</param>
    /// <returns>How many were chosen.</returns>
    /// <exception cref="ArgumentException">The two outputs have different lengths.</exception>
    /// <remarks>O(n) with one comparison per score, plus O(log k) for each that enters.</remarks>
    public static int Select(ReadOnlySpan<float> scores, Span<int> ids, Span<float> best)
    {
        var selection = new TopK(ids, best);
        selection.PushRange(0, scores);
        return selection.Finish();
    }

    private static bool IsWorse(int id, float score, int otherId, float otherScore) =>
        score < otherScore || (score == otherScore && id > otherId);

    // A heap with the worst pair at its root.
    private readonly void SiftUp(int at, int id, float score)
    {
        while (at > 0)
        {
            var parent = (at - 1) / 2;
            if (!IsWorse(id, score, _ids[parent], _scores[parent]))
            {
                break;
            }

            (_ids[at], _scores[at]) = (_ids[parent], _scores[parent]);
            at = parent;
        }

        (_ids[at], _scores[at]) = (id, score);
    }

    private readonly void SiftDown(int at, int count, int id, float score)
    {
        for (var child = (2 * at) + 1; child < count; child = (2 * at) + 1)
        {
            if (child + 1 < count && IsWorse(_ids[child + 1], _scores[child + 1], _ids[child], _scores[child]))
            {
                child++;
            }

            if (!IsWorse(_ids[child], _scores[child], id, score))
            {
                break;
            }

            (_ids[at], _scores[at]) = (_ids[child], _scores[child]);
            at = child;
        }

        (_ids[at], _scores[at]) = (id, score);
    }
}
