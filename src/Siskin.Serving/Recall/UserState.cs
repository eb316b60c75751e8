using Siskin.Serving.Candidates;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Releases;
using Siskin.Serving.Scenes;
using Siskin.Serving.Snapshot;

namespace Siskin.Serving.Recall;

/// <summary>What a request knows of its user: history, what was seen, taste.</summary>
/// <remarks>
/// History is the release's, then events since, then the request's own recent items; one entry an item, in order of the
/// last event on it. Built once a request and read by all stages.
/// </remarks>
internal sealed class UserState
{
    private const int MaxRecentItems = 1000;

    private readonly RowMap _places = new(512);
    private int[] _rows = new int[256];
    private float[] _weights = new float[256];
    private HistoryFlags[] _flags = new HistoryFlags[256];
    private int[] _recentRows = new int[256];
    private float[] _recentWeights = new float[256];
    private float[] _vector = [];
    private float[] _tagWeights = [];
    private int _count;
    private int _recentCount;
    private bool _hasNewEvents;

    /// <summary>Rows that the user consumed.</summary>
    public RowMap Seen { get; } = new(512);

    /// <summary>Row of the user in the release; −1 when the release does not know the user.</summary>
    public int Row { get; private set; }

    /// <summary>Items that the user took to, oldest first; the newest ones only, as many as the scene says.</summary>
    public ReadOnlySpan<int> RecentRows => _recentRows.AsSpan(0, _recentCount);

    /// <summary>Weight of each of them.</summary>
    public ReadOnlySpan<float> RecentWeights => _recentWeights.AsSpan(0, _recentCount);

    /// <summary>Every item of the history, oldest first.</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, _count);

    /// <summary>What the events on each item say.</summary>
    public ReadOnlySpan<HistoryFlags> Flags => _flags.AsSpan(0, _count);

    /// <summary>The user's vector, never all zeros; empty when there is nothing to make one from.</summary>
    public ReadOnlySpan<float> Vector => _vector.AsSpan(0, VectorLength);

    /// <summary>Share of the user's history that each tag has, by number; sums to 1, or all 0 without tagged history.</summary>
    public ReadOnlySpan<float> TagWeights => _tagWeights;

    private int VectorLength { get; set; }

    public void Load(ServingSnapshot snapshot, RecommendationRequest request, SceneParameterSet set, Scene scene)
    {
        _count = 0;
        _hasNewEvents = false;
        _places.Clear();
        Seen.Clear();
        Row = -1;
        if (request.User is { } user)
        {
            Row = snapshot.UserRow(user);
            if (Row >= 0)
            {
                LoadRelease(snapshot.Release.Histories);
            }

            LoadActivity(snapshot, user);
        }

        LoadRecentItems(snapshot, request.RecentItems);
        Compact();
        if (scene.Boolean(set.HideSeen))
        {
            for (var i = 0; i < _count; i++)
            {
                if ((_flags[i] & HistoryFlags.Consumed) != 0)
                {
                    Seen.TryAdd(_rows[i]);
                }
            }
        }

        var halfLife = scene.Number(set.HistoryHalfLife);
        ChooseRecent(scene.Integer(set.History), halfLife >= 0 ? halfLife : snapshot.Release.Blend?.HistoryHalfLife ?? 0);
        LoadVector(snapshot, request);
        LoadTags(snapshot);
    }

    private void LoadRelease(UserHistories histories)
    {
        var (from, to) = (histories.Starts[Row], histories.Starts[Row + 1]);
        for (var i = from; i < to; i++)
        {
            Add(histories.Items[i], histories.Weights[i], histories.Flags[i]);
        }
    }

    private void LoadActivity(ServingSnapshot snapshot, string user)
    {
        if (snapshot.Users.ActivityOf(user) is not { } activity)
        {
            return;
        }

        foreach (ref readonly var entry in activity.Entries)
        {
            if (entry.Position >= snapshot.Release.Manifest.EventPosition && snapshot.Items.TryGetRow(entry.ItemKey, out var row))
            {
                Add(row, entry.Weight, entry.Flags);
                _hasNewEvents |= entry.Weight > 0 || (entry.Flags & (HistoryFlags.Liked | HistoryFlags.Disliked)) != 0;
            }
        }
    }

    private void LoadRecentItems(ServingSnapshot snapshot, IReadOnlyList<string> recentItems)
    {
        if (recentItems.Count > MaxRecentItems)
        {
            throw new RequestException("recentItems", $"has {recentItems.Count} entries; at most {MaxRecentItems} are allowed");
        }

        for (var i = 0; i < recentItems.Count; i++)
        {
            if (!snapshot.Items.TryGetRow(recentItems[i], out var row))
            {
                throw new RequestException($"recentItems[{i}]", $"there is no item '{recentItems[i]}'");
            }

            Add(row, 1, HistoryFlags.Consumed);
            _hasNewEvents = true;
        }
    }

    /// <summary>Adds an event; an earlier entry of the item moves to the end.</summary>
    private void Add(int row, float weight, HistoryFlags flags)
    {
        if (_count == _rows.Length)
        {
            Array.Resize(ref _rows, _count * 2);
            Array.Resize(ref _weights, _count * 2);
            Array.Resize(ref _flags, _count * 2);
        }

        ref var place = ref _places.GetOrAdd(row, _count, out var added);
        if (!added)
        {
            flags = EventMeaning.Merge(_flags[place], flags);
            weight = Math.Max(weight, _weights[place]);
            _rows[place] = -1;
            place = _count;
        }

        _rows[_count] = row;
        _weights[_count] = weight;
        _flags[_count] = flags;
        _count++;
    }

    private void Compact()
    {
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            if (_rows[i] >= 0)
            {
                (_rows[kept], _weights[kept], _flags[kept]) = (_rows[i], _weights[i], _flags[i]);
                kept++;
            }
        }

        _count = kept;
    }

    private bool IsPositive(int i) => _weights[i] > 0 && (_flags[i] & HistoryFlags.Disliked) == 0;

    private void ChooseRecent(int limit, double halfLife)
    {
        if (_recentRows.Length < limit)
        {
            _recentRows = new int[limit];
            _recentWeights = new float[limit];
        }

        // Filled from the newest, then turned round.
        var n = 0;
        for (var i = _count - 1; i >= 0 && n < limit; i--)
        {
            if (IsPositive(i))
            {
                _recentRows[n] = _rows[i];
                _recentWeights[n] = _weights[i] * (halfLife > 0 ? (float)double.Exp2(-n / halfLife) : 1);
                n++;
            }
        }

        _recentRows.AsSpan(0, n).Reverse();
        _recentWeights.AsSpan(0, n).Reverse();
        _recentCount = n;
    }

    private void LoadVector(ServingSnapshot snapshot, RecommendationRequest request)
    {
        VectorLength = 0;
        SolveVector(snapshot, request);

        // All items are equally far from a zero vector (nothing but dislikes, an item that nobody took): it says nothing.
        if (VectorLength > 0 && !_vector.AsSpan(0, VectorLength).ContainsAnyExcept(0f))
        {
            VectorLength = 0;
        }
    }

    /// <summary>The release's vector of the user, or the same solve over today's history when there are events since.</summary>
    private void SolveVector(ServingSnapshot snapshot, RecommendationRequest request)
    {
        if (snapshot.Release.Factors is not { } factors || snapshot.Folder is not { } folder)
        {
            return;
        }

        if (_vector.Length < factors.Dimensions)
        {
            _vector = new float[factors.Dimensions];
        }

        var vector = _vector.AsSpan(0, factors.Dimensions);
        if (request.Item is not null && snapshot.Items.TryGetRow(request.Item, out var item) && item < snapshot.Items.BaseCount)
        {
            folder.FoldIn([item], [], vector);
            VectorLength = factors.Dimensions;
            return;
        }

        if (!_hasNewEvents)
        {
            if (Row >= 0 && _count > 0)
            {
                factors.User(Row).CopyTo(vector);
                VectorLength = factors.Dimensions;
            }

            return;
        }

        var items = System.Buffers.ArrayPool<int>.Shared.Rent(_count);
        var n = 0;
        for (var i = 0; i < _count; i++)
        {
            if (IsPositive(i) && _rows[i] < snapshot.Items.BaseCount)
            {
                items[n++] = _rows[i];
            }
        }

        if (n > 0)
        {
            // As in training every item counts alike.
            folder.FoldIn(items.AsSpan(0, n), [], vector);
            VectorLength = factors.Dimensions;
        }

        System.Buffers.ArrayPool<int>.Shared.Return(items);
    }

    private void LoadTags(ServingSnapshot snapshot)
    {
        var count = snapshot.Items.TagCount;
        if (_tagWeights.Length != count)
        {
            _tagWeights = new float[count];
        }
        else
        {
            Array.Clear(_tagWeights);
        }

        float sum = 0;
        for (var i = 0; i < _recentCount; i++)
        {
            foreach (var tag in snapshot.Items[_recentRows[i]].Tags)
            {
                if (tag < count)
                {
                    _tagWeights[tag] += _recentWeights[i];
                    sum += _recentWeights[i];
                }
            }
        }

        if (sum > 0)
        {
            foreach (ref var weight in _tagWeights.AsSpan())
            {
                weight /= sum;
            }
        }
    }
}
