using Siskin.Data.Events;

namespace Siskin.Serving.Releases;

/// <summary>Turns events into what histories keep: the same in training and online.</summary>
public static class EventMeaning
{
    /// <summary>What an event says of its item.</summary>
    /// <param name="type">The event's type.</param>
    /// <param name="value">The event's value, if it has one.</param>
    public static HistoryFlags FlagsOf(EventTypeDefinition type, double? value)
    {
        var flags = type.IsConsumption ? HistoryFlags.Consumed : HistoryFlags.None;
        if (type.IsLike(value))
        {
            return flags | HistoryFlags.Liked;
        }

        return type.Weight < 0 ? flags | HistoryFlags.Disliked : flags;
    }

    /// <summary>What two events on one item say together: of opinions the later one counts.</summary>
    /// <param name="earlier">What was said before.</param>
    /// <param name="later">What the later event says.</param>
    public static HistoryFlags Merge(HistoryFlags earlier, HistoryFlags later)
    {
        const HistoryFlags Opinions = HistoryFlags.Liked | HistoryFlags.Disliked;
        return later | ((later & Opinions) != 0 ? earlier & ~Opinions : earlier);
    }
}
