using Siskin.Offline.Jobs;
using Siskin.Serving.Releases;

namespace Siskin.Offline.Releases;

/// <summary>Folds events into histories, one entry a user and item, and counts them in the items' statistics.</summary>
internal sealed class HistoryBuilder(TrainingData data, TrainingPart part, ItemStatistics statistics)
{
    private readonly List<int> _items = [];
    private readonly List<long> _times = [];
    private readonly List<float> _weights = [];
    private readonly List<HistoryFlags> _flags = [];

    public UserHistories Build()
    {
        var starts = new int[data.UserIds.Count + 1];
        var place = new int[data.Items.Count];
        var owner = new int[data.Items.Count];
        Array.Fill(owner, -1);
        var next = 0;
        for (var user = 0; user < data.UserIds.Count; user++)
        {
            var begin = _items.Count;
            for (; next < data.Events.Length && data.Events[next].User == user; next++)
            {
                ref readonly var e = ref data.Events[next];
                if (part.Has(e))
                {
                    Add(e, user, begin, place, owner);
                }
            }

            Compact(begin);
            starts[user + 1] = _items.Count;
        }

        return new UserHistories(starts, [.. _items], [.. _times], [.. _weights], [.. _flags]);
    }

    private void Add(in TrainingEvent e, int user, int begin, int[] place, int[] owner)
    {
        var type = data.Schema.EventTypes[e.Type];
        double? value = double.IsNaN(e.Value) ? null : e.Value;
        var flags = EventMeaning.FlagsOf(type, value);
        Count(e, type, value);
        if (type.Weight == 0 && !type.IsConsumption)
        {
            return;
        }

        var weight = (float)Math.Max(0, type.Weight);
        if (owner[e.Item] == user)
        {
            // The item moves to the end of the history; the later opinion counts.
            var at = begin + place[e.Item];
            flags = EventMeaning.Merge(_flags[at], flags);
            weight = Math.Max(weight, _weights[at]);
            _items[at] = -1;
        }

        owner[e.Item] = user;
        place[e.Item] = _items.Count - begin;
        _items.Add(e.Item);
        _times.Add(e.TimeMs);
        _weights.Add(weight);
        _flags.Add(flags);
    }

    private void Count(in TrainingEvent e, Data.Events.EventTypeDefinition type, double? value)
    {
        if (type.Weight > 0)
        {
            statistics.Popularity[e.Item] += type.Weight * double.Exp2((e.TimeMs - statistics.OriginMs) / statistics.PopularityHalfLifeMs);
            statistics.Trend[e.Item] += type.Weight * double.Exp2((e.TimeMs - statistics.OriginMs) / statistics.TrendHalfLifeMs);
        }

        statistics.Consumers[e.Item] += type.IsConsumption ? 1 : 0;
        var isLike = type.IsLike(value);
        if (isLike || type.Weight < 0 || type.LikedFrom is not null)
        {
            statistics.Opinions[e.Item]++;
            statistics.Likes[e.Item] += isLike ? 1 : 0;
        }

        if (statistics.FirstEventMs[e.Item] == 0 || e.TimeMs < statistics.FirstEventMs[e.Item])
        {
            statistics.FirstEventMs[e.Item] = e.TimeMs;
        }
    }

    private void Compact(int begin)
    {
        var kept = begin;
        for (var i = begin; i < _items.Count; i++)
        {
            if (_items[i] >= 0)
            {
                (_items[kept], _times[kept], _weights[kept], _flags[kept]) = (_items[i], _times[i], _weights[i], _flags[i]);
                kept++;
            }
        }

        var excess = _items.Count - kept;
        _items.RemoveRange(kept, excess);
        _times.RemoveRange(kept, excess);
        _weights.RemoveRange(kept, excess);
        _flags.RemoveRange(kept, excess);
    }
}
