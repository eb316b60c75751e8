namespace Siskin.Serving.Recall;

/// <summary>The recall channels that come with the library, in the order in which they merge.</summary>
public static class RecallChannels
{
    /// <summary>popular, trending, newest, segment, top-rated-by-tag, liked-tag, item-to-item, friends, embedding.</summary>
    public static IReadOnlyList<IRecallChannel> BuiltIn { get; } =
    [
        new PopularChannel(),
        new TrendingChannel(),
        new NewestChannel(),
        new SegmentChannel(),
        new TopRatedByTagChannel(),
        new LikedTagChannel(),
        new ItemToItemChannel(),
        new FriendsChannel(),
        new EmbeddingChannel(),
    ];
}
