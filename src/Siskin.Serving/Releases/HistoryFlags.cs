namespace Siskin.Serving.Releases;

/// <summary>What a user's events on one item say together; the values are part of the release's format.</summary>
[Flags]
public enum HistoryFlags : byte
{
    /// <summary>It was shown, perhaps.</summary>
    None = 0,

    /// <summary>The user consumed it: it counts as seen.</summary>
    Consumed = 1,

    /// <summary>The user liked it.</summary>
    Liked = 2,

    /// <summary>The user spoke against it; never beside <see cref="Liked"/>: the later event counts.</summary>
    Disliked = 4,
}
