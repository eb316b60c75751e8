using Siskin.Data.Catalogue;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Recall;
using Siskin.Serving.Releases;
using Siskin.Serving.Scenes;
using Siskin.Serving.Snapshot;

namespace Siskin.Tests.Serving.Recall;

public sealed class UserStateTests
{
    private readonly SceneParameterSet _set = new([]);

    [Fact]
    public void History_is_the_releases_then_events_since_then_recent_items_in_order_of_the_last_event()
    {
        var holder = SmallRelease.WithItems(6).Took("u", "a").Took("u", "b", 3).Hold();
        holder.Happened("u", "c");
        holder.Happened("u", "a");
        holder.Happened("u", "d", "impression");
        var user = Load(holder, new RecommendationRequest { Scene = "s", User = "u", RecentItems = ["e", "c"] });

        Assert.Equal([1, 0, 4, 2], user.RecentRows.ToArray());
        Assert.Equal([3f, 1, 1, 1], user.RecentWeights.ToArray());
        Assert.Equal([true, true, true, false, true], Enumerable.Range(0, 5).Select(user.Seen.Contains));
    }

    [Fact]
    public void The_later_opinion_wins_and_a_disliked_item_no_longer_speaks_for_the_user()
    {
        var holder = SmallRelease.WithItems(3)
            .Took("u", "a", 2, HistoryFlags.Consumed | HistoryFlags.Liked)
            .Took("u", "b", 0, HistoryFlags.Consumed | HistoryFlags.Disliked)
            .Hold();
        holder.Happened("u", "a", "dislike");
        holder.Happened("u", "b", "like");
        var user = Load(holder, new RecommendationRequest { Scene = "s", User = "u" });

        Assert.Equal([0, 1], user.Rows.ToArray());
        Assert.Equal([HistoryFlags.Consumed | HistoryFlags.Disliked, HistoryFlags.Consumed | HistoryFlags.Liked], user.Flags.ToArray());
        Assert.Equal([1], user.RecentRows.ToArray());
    }

    [Fact]
    public void Events_that_the_release_has_learned_from_are_left_out()
    {
        var release = new SmallRelease { EventPosition = 500 };
        release.Add(new Item { Id = "a" }).Add(new Item { Id = "b" });
        var holder = release.Hold();
        holder.Happened("u", "a", position: 499);
        holder.Happened("u", "b", position: 500);
        Assert.Equal([1], Load(holder, new RecommendationRequest { Scene = "s", User = "u" }).Rows.ToArray());
    }

    [Fact]
    public void Older_items_weigh_less_with_a_half_life_and_only_the_newest_count()
    {
        var holder = SmallRelease.WithItems(4).Took("u", "a").Took("u", "b").Took("u", "c").Hold();
        var request = new RecommendationRequest { Scene = "s", User = "u" };
        Assert.Equal([0.25f, 0.5f, 1], Load(holder, request, ("recall.historyHalfLife", "1")).RecentWeights.ToArray());
        Assert.Equal([1, 2], Load(holder, request, ("recall.history", "2")).RecentRows.ToArray());
        Assert.Equal(0, Load(holder, request, ("filter.seen", "false")).Seen.Count);
    }

    [Fact]
    public void Tag_weights_are_shares_of_the_history()
    {
        var holder = SmallRelease.WithItems(3).Tag("a", "x").Tag("b", "x", "y").Took("u", "a").Took("u", "b", 2).Took("u", "c").Hold();
        var user = Load(holder, new RecommendationRequest { Scene = "s", User = "u" });
        Assert.Equal([0.6f, 0.4f], user.TagWeights.ToArray());
        holder.Post(new Item { Id = "z", Tags = ["new"] });
        Assert.Equal([0.6f, 0.4f, 0], Load(holder, new RecommendationRequest { Scene = "s", User = "u" }, state: user).TagWeights.ToArray());
        Assert.Equal([0f, 0, 0], Load(holder, new RecommendationRequest { Scene = "s", User = "stranger" }, state: user).TagWeights.ToArray());
    }

    [Fact]
    public void Without_events_since_the_vector_is_the_releases_and_with_them_the_same_solve_over_todays_history()
    {
        var release = SmallRelease.WithItems(3).Took("u", "a", 3);
        release.ItemVectors["a"] = [1, 0];
        release.ItemVectors["b"] = [0, 1];
        release.ItemVectors["c"] = [1, 1];
        release.UserVectors["u"] = [0.25f, 0.5f];
        var holder = release.Hold();
        Assert.Equal([0.25f, 0.5f], Load(holder, new RecommendationRequest { Scene = "s", User = "u" }).Vector.ToArray());

        holder.Happened("u", "b", "purchase");
        var expected = new float[2];
        holder.Current.Folder!.FoldIn([0, 1], [], expected);
        Assert.Equal(expected, Load(holder, new RecommendationRequest { Scene = "s", User = "u" }).Vector.ToArray());

        // An item posted since has no vector yet and changes nothing.
        holder.Post(new Item { Id = "new" });
        holder.Happened("u", "new");
        Assert.Equal(expected, Load(holder, new RecommendationRequest { Scene = "s", User = "u" }).Vector.ToArray());
    }

    private UserState Load(SnapshotHolder holder, RecommendationRequest request, (string, string)? parameter = null, UserState? state = null)
    {
        var scene = Scene.Create("s", string.Empty, _set);
        if (parameter is var (name, value))
        {
            scene = scene.With(new Dictionary<string, string> { [name] = value });
        }

        state ??= new UserState();
        state.Load(holder.Current, request, _set, scene);
        return state;
    }
}
