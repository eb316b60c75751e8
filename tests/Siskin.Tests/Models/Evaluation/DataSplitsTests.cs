using Siskin.Models.Evaluation;
using Siskin.Models.Interactions;

namespace Siskin.Tests.Models.Evaluation;

public sealed class DataSplitsTests
{
    [Fact]
    public void A_global_split_keeps_equal_times_together()
    {
        Interaction[] all = [new(0, 0, 1, 30), new(0, 1, 1, 10), new(1, 2, 1, 20), new(1, 3, 1, 20), new(2, 4, 1, 5)];
        var split = DataSplits.GlobalTemporal(all, 0.6);
        Assert.Equal([1, 4], split.Train.Select(i => i.Item));
        Assert.Equal([0, 2, 3], split.Test.Select(i => i.Item));
        Assert.Empty(DataSplits.GlobalTemporal([], 0.5).Test);
    }

    [Fact]
    public void A_split_by_user_holds_back_the_last_fifth_and_at_least_one_of_two()
    {
        var all = new List<Interaction>();
        all.AddRange(Enumerable.Range(0, 10).Select(i => new Interaction(7, i, 1, 100 - i)));
        all.AddRange([new(3, 0, 1, 5), new(3, 1, 1, 5), new(1, 0, 1, 9)]);
        var split = DataSplits.PerUserTemporal([.. all]);
        Assert.Equal([(7, 0), (7, 1), (3, 1)], split.Test.Select(i => (i.User, i.Item)));
        Assert.Equal(all.Count - 3, split.Train.Length);
    }

    [Fact]
    public void A_random_split_repeats_with_its_seed_and_changes_with_it()
    {
        var all = Enumerable.Range(0, 200).Select(i => new Interaction(i % 4, i, 1, 0)).ToArray();
        var split = DataSplits.PerUserRandom(all, 0.1, 1);
        Assert.Equal(split.Test, DataSplits.PerUserRandom(all, 0.1, 1).Test);
        Assert.NotEqual(split.Test, DataSplits.PerUserRandom(all, 0.1, 2).Test);
        Assert.All(split.Test.GroupBy(i => i.User), user => Assert.Equal(5, user.Count()));
        Assert.Equal(all, split.Train.Concat(split.Test).OrderBy(i => i.Item));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_share_that_is_none_is_refused(double share) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DataSplits.PerUserTemporal([], share));
}
