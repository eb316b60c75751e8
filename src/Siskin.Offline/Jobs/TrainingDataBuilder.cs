using Siskin.Data.Catalogue;
using Siskin.Data.Events;
using Siskin.Models.Interactions;

namespace Siskin.Offline.Jobs;

/// <summary>Collects items, users and events and numbers them.</summary>
/// <param name="schema">Declares the event types.</param>
/// <param name="time">Tells now, the system's clock when null: events from after it count as of now, since one wrong clock must not make all else old.</param>
internal sealed class TrainingDataBuilder(CatalogueSchema schema, TimeProvider? time = null)
{
    private readonly List<Item> _items = [];
    private readonly List<User> _users = [];
    private readonly Dictionary<string, int> _itemRows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _described = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _userRows = new(StringComparer.Ordinal);
    private readonly List<string> _userIds = [];
    private readonly List<TrainingEvent> _events = [];
    private readonly Dictionary<string, byte> _types = schema.EventTypes
        .Select((t, i) => (t.Name, i)).ToDictionary(t => t.Name, t => checked((byte)t.i), StringComparer.Ordinal);

    private readonly long _nowMs = (time ?? TimeProvider.System).GetUtcNow().ToUnixTimeMilliseconds();
    private long _skipped;

    public long EventCount => _events.Count + _skipped;

    /// <summary>Adds an item; one that changed while the catalogue was read comes again, and its later state counts.</summary>
    public void Add(Item item)
    {
        if (_itemRows.TryAdd(item.Id, _items.Count))
        {
            _items.Add(item);
        }
        else
        {
            _items[_itemRows[item.Id]] = item;
        }
    }

    /// <summary>Adds a user; of several states of one the last counts.</summary>
    public void Add(User user)
    {
        if (_described.TryAdd(user.Id, _users.Count))
        {
            _users.Add(user);
        }
        else
        {
            _users[_described[user.Id]] = user;
        }
    }

    public void Add(Event e)
    {
        if (!_itemRows.TryGetValue(e.Item, out var item) || !_types.TryGetValue(e.Type, out var type))
        {
            _skipped++;
            return;
        }

        _events.Add(new TrainingEvent(UserRow(e.User), item, e.Value ?? double.NaN, TimeOf(e), -1, type));
    }

    /// <summary>The pair that an event kept apart for tests stands for; null when it says nothing or its item is unknown.</summary>
    public Interaction? ToPair(Event e) =>
        _itemRows.TryGetValue(e.Item, out var item) && _types.TryGetValue(e.Type, out var type) && schema.EventTypes[type].Weight > 0
            ? new Interaction(UserRow(e.User), item, (float)schema.EventTypes[type].Weight, TimeOf(e))
            : null;

    public TrainingData Build(long position, long version)
    {
        var events = _events.ToArray();

        // Array.Sort is not stable: the place of arrival is the last key.
        var keys = new (int User, long Time, int Place)[events.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = (events[i].User, events[i].TimeMs, i);
        }

        Array.Sort(keys, events);
        return new TrainingData(schema, _items, _users, _userIds, events, FindPairs(events))
        {
            EventPosition = position,
            CatalogueVersion = version,
            Skipped = _skipped,
        };
    }

    private Interaction[] FindPairs(TrainingEvent[] events)
    {
        var pairs = new List<Interaction>();
        var pairOf = new int[_items.Count];
        var owner = new int[_items.Count];
        Array.Fill(owner, -1);
        for (int from = 0, to; from < events.Length; from = to)
        {
            var user = events[from].User;
            for (to = from; to < events.Length && events[to].User == user; to++)
            {
                ref var e = ref events[to];
                var weight = (float)schema.EventTypes[e.Type].Weight;
                if (weight <= 0)
                {
                    continue;
                }

                if (owner[e.Item] != user)
                {
                    owner[e.Item] = user;
                    pairOf[e.Item] = pairs.Count;
                    pairs.Add(new Interaction(user, e.Item, weight, e.TimeMs));
                }
                else if (weight > pairs[pairOf[e.Item]].Weight)
                {
                    pairs[pairOf[e.Item]] = pairs[pairOf[e.Item]] with { Weight = weight };
                }
            }

            for (var i = from; i < to; i++)
            {
                if (owner[events[i].Item] == user)
                {
                    events[i] = events[i] with { Pair = pairOf[events[i].Item] };
                }
            }
        }

        return [.. pairs];
    }

    private long TimeOf(Event e) => Math.Min(e.Time.ToUnixTimeMilliseconds(), _nowMs);

    private int UserRow(string id)
    {
        if (!_userRows.TryGetValue(id, out var row))
        {
            row = _userIds.Count;
            _userRows[id] = row;
            _userIds.Add(id);
        }

        return row;
    }
}
