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
}
