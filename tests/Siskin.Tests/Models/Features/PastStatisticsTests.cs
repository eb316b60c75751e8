using Siskin.Models.Features;

namespace Siskin.Tests.Models.Features;

public sealed class PastStatisticsTests
{
    [Fact]
    public void Statistics_equal_hand_computed_values()
    {
        // User 0 likes item 5, dislikes 6, likes 7; user 1 likes 5 in between. Given out of order.
        var columns = PastStatistics.Walk([new(0, 7, 40, true), new(0, 5, 10, true), new(1, 5, 20, true), new(0, 6, 30, false), new(0, 5, 50, true)], 1, 1);

        Assert.Equal([2, 0, 0, 1, 3], columns.UserCount);
        Assert.Equal([0, 0, 1, 0, 2], columns.ItemCount);
        Assert.Equal([[5], [], [], [5], [7]], columns.History);

        // Before time 20: one event, positive; overall (1 + ½) / 2, item 5 (1 + ¾) / 2.
        Assert.Equal(0.75f, columns.UserRate[2]);
        Assert.Equal(0.875f, columns.ItemRate[2]);
        Assert.Equal(0.5f, columns.UserRate[1]);
    }

    [Fact]
    public void Events_of_one_moment_do_not_see_each_other()
    {
        var columns = PastStatistics.Walk([new(0, 1, 5, true), new(0, 2, 5, false), new(0, 3, 6, true)]);
        Assert.Equal([0, 0, 2], columns.UserCount);
        Assert.Equal([[], [], [1]], columns.History);
    }

    [Fact]
    public void Shuffling_and_changing_the_future_changes_nothing_before_it()
    {
        var random = new Random(8);
        var events = new PastEvent[400];
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = new(random.Next(10), random.Next(20), i / 3, random.Next(2) == 1);
        }

        var expected = PastStatistics.Walk(events, 4);
        var changed = (PastEvent[])events.Clone();
        const int Now = 201;
        for (var i = Now; i < changed.Length; i++)
        {
            changed[i] = changed[i] with { TimeMs = (Now / 3) + random.Next(500), IsPositive = !changed[i].IsPositive, Item = random.Next(20) };
        }

        random.Shuffle(changed.AsSpan(Now));
        var actual = PastStatistics.Walk(changed, 4);
        Assert.Equal(expected.UserCount[..Now], actual.UserCount[..Now]);
        Assert.Equal(expected.UserRate[..Now], actual.UserRate[..Now]);
        Assert.Equal(expected.ItemCount[..Now], actual.ItemCount[..Now]);
        Assert.Equal(expected.ItemRate[..Now], actual.ItemRate[..Now]);
        Assert.Equal(expected.History[..Now], actual.History[..Now]);
        Assert.NotEqual(expected.UserRate[Now..], actual.UserRate[Now..]);
    }
}
