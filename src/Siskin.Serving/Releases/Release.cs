using Siskin.Data.Catalogue;
using Siskin.Models.Factorization;
using Siskin.Models.Retrieval;
using Siskin.Serving.Rank;

namespace Siskin.Serving.Releases;

/// <summary>What offline hands to online: everything that was learned up to one moment, indexed by row.</summary>
/// <remarks>Immutable by agreement: nobody writes to its arrays once it is published.</remarks>
public sealed class Release
{
    /// <summary>Describes it.</summary>
    public required ReleaseManifest Manifest { get; init; }

    /// <summary>The schema in force when it was made.</summary>
    public required CatalogueSchema Schema { get; init; }

    /// <summary>The catalogue's items; an item's place here is its row.</summary>
    public required IReadOnlyList<Item> Items { get; init; }

    /// <summary>Users with events; a user's place is its row.</summary>
    public required ReleaseUsers Users { get; init; }

    /// <summary>What each user did.</summary>
    public required UserHistories Histories { get; init; }

    /// <summary>What is known of each item from events.</summary>
    public required ItemStatistics Statistics { get; init; }

    /// <summary>The best items of each tag.</summary>
    public required TagIndex Tags { get; init; }

    /// <summary>Most similar items by cosine.</summary>
    public required ItemNeighbours CosineNeighbours { get; init; }

    /// <summary>Most similar items by a measure that damps popularity.</summary>
    public required ItemNeighbours DampedNeighbours { get; init; }

    /// <summary>User and item vectors; null when nothing could be trained.</summary>
    public ImplicitAlsModel? Factors { get; init; }

    /// <summary>Indexes over the items' vectors. When none are given, scans over the release's own arrays, made at the first call.</summary>
    public ReleaseIndexes Indexes
    {
        get => field ??= ReleaseIndexes.Scan(Factors, Items, Schema);
        init;
    }

    /// <summary>Popular items of each segment of users.</summary>
    public required SegmentIndex Segments { get; init; }

    /// <summary>Calibration of channels and the ranker for users with a history; null when nothing could be trained.</summary>
    public BlendModel? Blend { get; init; }

    private static ItemNeighbours NoNeighbours => new([0], [], []);

    /// <summary>The same for users and visitors without history; null when nothing could be trained.</summary>
    public BlendModel? ColdBlend { get; init; }

    /// <summary>The model that ranks for users with a history in the place of the blend; null where the blend does.</summary>
    public RankerModel? Ranker { get; init; }

    /// <summary>The same with another description and other models that rank.</summary>
    public Release With(ReleaseManifest manifest, BlendModel? blend, BlendModel? coldBlend, RankerModel? ranker) => new()
    {
        Manifest = manifest,
        Schema = Schema,
        Items = Items,
        Users = Users,
        Histories = Histories,
        Statistics = Statistics,
        Tags = Tags,
        CosineNeighbours = CosineNeighbours,
        DampedNeighbours = DampedNeighbours,
        Factors = Factors,
        Indexes = Indexes,
        Segments = Segments,
        Blend = blend,
        ColdBlend = coldBlend,
        Ranker = ranker,
    };

    /// <summary>A release that knows nothing: what a server starts with before the first training.</summary>
    public static Release Empty { get; } = new()
    {
        Manifest = new ReleaseManifest(),
        Schema = CatalogueSchema.Default,
        Items = [],
        Users = ReleaseUsers.Empty,
        Histories = UserHistories.Empty,
        Statistics = ItemStatistics.Empty(0),
        Tags = TagIndex.Empty,
        CosineNeighbours = NoNeighbours,
        DampedNeighbours = NoNeighbours,
        Segments = SegmentIndex.Empty,
    };
}
