using Siskin.Serving.Candidates;
using Siskin.Serving.Snapshot;
using Siskin.Vectors;

namespace Siskin.Serving.Recall;

/// <summary>The working memory of one request's vector searches, pooled, and the rules that the searches ask.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class EmbeddingSearch
{
    private readonly RowMap _offered = new(512);
    private readonly RowMap _counted = new(256);
    private readonly Func<int, bool> _allows;
    private Hits _learned = new();
    private Hits _released = new();
    private Hits _posted = new();
    private float[] _query = [];
    private CandidateFilter? _filter;
    private ChannelLease? _lease;
    private bool _isExplained;

    private EmbeddingSearch() => _allows = Allows;

    private static Pool<EmbeddingSearch> Pool { get; } = new(() => new EmbeddingSearch(), 64);

    public static EmbeddingSearch Rent(RecallContext context, ChannelLease lease)
    {
        var search = Pool.Rent();
        search._filter = context.Filter;
        search._lease = lease;
        search._isExplained = context.Request.Explain;
        search._offered.Clear();
        search._counted.Clear();
        (search._learned.Count, search._released.Count, search._posted.Count) = (0, 0, 0);
        return search;
    }

    public void Return()
    {
        (_filter, _lease) = (null, null);
        Pool.Return(this);
    }

    /// <summary>Room for a query of so many numbers.</summary>
    public Span<float> Query(int dimensions)
    {
        if (_query.Length < dimensions)
        {
            _query = new float[dimensions];
        }

        return _query.AsSpan(0, dimensions);
    }

    /// <summary>Looks for the items with the largest inner products.</summary>
    public void FindLearned(IVectorIndex index, ReadOnlySpan<float> vector)
    {
        _learned.Reserve(_lease!.Quota);
        _learned.Count = index.Search(vector, _learned.Ids.AsSpan(0, _lease.Quota), _learned.Scores.AsSpan(0, _lease.Quota), new SearchOptions { Predicate = _allows });
    }

    /// <summary>Looks for the items whose posted vectors point the same way.</summary>
    public void FindContent(ContentSpace content, ReadOnlySpan<float> query)
    {
        var quota = _lease!.Quota;
        _released.Reserve(quota);
        _released.Count = content.SearchReleased(query, _released.Ids.AsSpan(0, quota), _released.Scores.AsSpan(0, quota), _allows);
        _posted.Reserve(quota);
        _posted.Count = content.SearchOverlay(query, _posted.Ids.AsSpan(0, quota), _posted.Scores.AsSpan(0, quota), _allows);
    }

    /// <summary>
    /// Offers what both spaces found, in turn by rank. A content hit takes the score that the learned hit of its rank has,
    /// the last one's behind the end of those, so that the channel's scores mean the same whichever space found an item;
    /// without learned hits its cosine.
    /// </summary>
    public void Offer()
    {
        var lease = _lease!;
        var (released, posted) = (0, 0);
        for (var rank = 0; !lease.IsFull; rank++)
        {
            var hasLearned = rank < _learned.Count;
            var hasContent = released < _released.Count || posted < _posted.Count;
            if (!hasLearned && !hasContent)
            {
                return;
            }

            if (hasLearned)
            {
                Offer(_learned.Ids[rank], _learned.Scores[rank]);
            }

            if (hasContent)
            {
                var fromPosted = released == _released.Count || (posted < _posted.Count && IsBefore(posted, released));
                var (row, cosine) = fromPosted
                    ? (_posted.Ids[posted], _posted.Scores[posted++])
                    : (_released.Ids[released], _released.Scores[released++]);
                Offer(row, _learned.Count == 0 ? cosine : _learned.Scores[Math.Min(rank, _learned.Count - 1)]);
            }
        }
    }

    private bool IsBefore(int posted, int released) =>
        _posted.Scores[posted] > _released.Scores[released]
        || (_posted.Scores[posted] == _released.Scores[released] && _posted.Ids[posted] < _released.Ids[released]);

    private void Offer(int row, float score)
    {
        if (_offered.TryAdd(row))
        {
            _lease!.Offer(row, score);
        }
    }

    /// <summary>Asked by an index about each row that it comes across; the same row may come more than once, from two spaces.</summary>
    private bool Allows(int row)
    {
        var reason = _filter!.Check(row);
        if (reason == DropReason.None)
        {
            return true;
        }

        if (_isExplained && _counted.TryAdd(row))
        {
            _lease!.CountDropped(reason);
        }

        return false;
    }

    private struct Hits()
    {
        public int[] Ids = [];
        public float[] Scores = [];
        public int Count = 0;

        public void Reserve(int count)
        {
            if (Ids.Length < count)
            {
                (Ids, Scores) = (new int[count], new float[count]);
            }
        }
    }
}
