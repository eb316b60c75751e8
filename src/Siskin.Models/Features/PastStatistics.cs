namespace Siskin.Models.Features;

/// <summary>Counters, rates and histories that grow with the events: what is read before an event is added knows nothing of it.</summary>
/// <remarks>
/// A rate is (positives + w · r) / (count + w), where r is the rate of all events so far, itself (positives + ½) / (count + 1).
/// Not for concurrent use.
/// </remarks>
public sealed class PastStatistics
{
    private readonly int _historyLength;
    private readonly double _priorWeight;
    private readonly Dictionary<int, (int Count, int Positives)> _users = [];
    private readonly Dictionary<int, (int Count, int Positives)> _items = [];
    private readonly Dictionary<int, List<int>> _histories = [];
    private long _count;
    private long _positives;

    /// <summary>Starts without events.</summary>
    /// <param name="historyLength">Positive items to keep for a user, at least 1.</param>
    /// <param name="priorWeight">w, at least 0: events that the overall rate is worth. With 0 the rate of what has no events is the overall one.</param>
    public PastStatistics(int historyLength = 50, double priorWeight = 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(historyLength, 1);
        if (!(priorWeight >= 0 && double.IsFinite(priorWeight)))
        {
            throw new ArgumentOutOfRangeException(nameof(priorWeight), priorWeight, "must be 0 or more");
        }

        (_historyLength, _priorWeight) = (historyLength, priorWeight);
    }

    /// <summary>Walks events in order of time and notes what was known before each.</summary>
    /// <param name="events">In any order. Events of one moment do not see each other; in histories they keep the order given.</param>
    /// <param name="historyLength">As in the constructor.</param>
    /// <param name="priorWeight">As in the constructor.</param>
    /// <remarks>Nothing depends on later events. O(n log n + n · historyLength).</remarks>
    public static PastColumns Walk(ReadOnlySpan<PastEvent> events, int historyLength = 50, double priorWeight = 20)
    {
        var past = new PastStatistics(historyLength, priorWeight);
        var n = events.Length;
        var columns = new PastColumns(new float[n], new float[n], new float[n], new float[n], new int[n][]);
        var order = new (long Time, int Row)[n];
        for (var i = 0; i < n; i++)
        {
            order[i] = (events[i].TimeMs, i);
        }

        Array.Sort(order);
        for (int start = 0, end; start < n; start = end)
        {
            for (end = start; end < n && order[end].Time == order[start].Time; end++)
            {
                var row = order[end].Row;
                ref readonly var e = ref events[row];
                (columns.UserCount[row], columns.UserRate[row]) = past.User(e.User);
                (columns.ItemCount[row], columns.ItemRate[row]) = past.Item(e.Item);
                columns.History[row] = past.History(e.User).ToArray();
            }

            for (var i = start; i < end; i++)
            {
                past.Add(events[order[i].Row]);
            }
        }

        return columns;
    }

    /// <summary>Events of a user so far, and their smoothed share of positives.</summary>
    public (float Count, float Rate) User(int user) => Figures(_users.GetValueOrDefault(user));

    /// <summary>Events of an item so far, and their smoothed share of positives.</summary>
    public (float Count, float Rate) Item(int item) => Figures(_items.GetValueOrDefault(item));

    /// <summary>The user's last positive items, oldest first; valid until the next event is added.</summary>
    public ReadOnlySpan<int> History(int user) =>
        _histories.TryGetValue(user, out var history) ? System.Runtime.InteropServices.CollectionsMarshal.AsSpan(history) : [];

    /// <summary>Adds an event, which must not be earlier than those before for the statistics to be of the past.</summary>
    public void Add(PastEvent e)
    {
        var positive = e.IsPositive ? 1 : 0;
        var (users, items) = (_users.GetValueOrDefault(e.User), _items.GetValueOrDefault(e.Item));
        _users[e.User] = (users.Count + 1, users.Positives + positive);
        _items[e.Item] = (items.Count + 1, items.Positives + positive);
        _count++;
        _positives += positive;
        if (!e.IsPositive)
        {
            return;
        }

        if (!_histories.TryGetValue(e.User, out var history))
        {
            _histories.Add(e.User, history = []);
        }

        if (history.Count == _historyLength)
        {
            history.RemoveAt(0);
        }

        history.Add(e.Item);
    }

    private (float Count, float Rate) Figures((int Count, int Positives) counter)
    {
        var overall = (_positives + 0.5) / (_count + 1);
        var weight = counter.Count + _priorWeight;
        return (counter.Count, (float)(weight == 0 ? overall : (counter.Positives + (_priorWeight * overall)) / weight));
    }
}
