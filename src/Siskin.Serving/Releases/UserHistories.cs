namespace Siskin.Serving.Releases;

/// <summary>What each user did, one entry an item, in order of the last event on it.</summary>
/// <param name="Starts">Length users + 1: where each user's entries start.</param>
/// <param name="Items">Row of the item.</param>
/// <param name="TimesMs">Time of the last event, in milliseconds since 1970; ascending within a user.</param>
/// <param name="Weights">Strongest positive weight of the events on it; 0 when none was positive.</param>
/// <param name="Flags">What the events say together.</param>
public sealed record UserHistories(int[] Starts, int[] Items, long[] TimesMs, float[] Weights, HistoryFlags[] Flags)
{
    /// <summary>No users.</summary>
    public static UserHistories Empty { get; } = new([0], [], [], [], []);

    /// <summary>Range of a user's entries.</summary>
    public Range Of(int user) => Starts[user]..Starts[user + 1];
}
