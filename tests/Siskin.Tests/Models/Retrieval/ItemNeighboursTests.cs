using Siskin.Models.Interactions;
using Siskin.Models.Retrieval;

namespace Siskin.Tests.Models.Retrieval;

public sealed class ItemNeighboursTests
{
    // Users: {0,1} {0,1,2} {1,2} {3}
    private static readonly InteractionMatrix Small = Matrix(4, 4, [[0, 1], [0, 1, 2], [1, 2], [3]]);

    [Fact]
    public void Cosines_equal_hand_computed_values()
    {
        var neighbours = ItemNeighbours.Build(Small, new());
        Assert.Equal([0, 2, 4, 6, 6], neighbours.Starts);
        Assert.Equal([1, 2, 0, 2, 1, 0], neighbours.Items);
        float[] expected = [2 / MathF.Sqrt(6), 0.5f, 2 / MathF.Sqrt(6), 2 / MathF.Sqrt(6), 2 / MathF.Sqrt(6), 0.5f];
        Assert.Equal(expected, neighbours.Scores, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Popularity_damping_divides_by_a_power_of_the_neighbours_users()
    {
        var neighbours = ItemNeighbours.Build(Small, new() { Kind = ItemSimilarity.PopularityDamped, Damping = 0.5f });

        // Item 0 (2 users): with 1 (3 users) 2 common, with 2 (2 users) 1 common.
        Assert.Equal([1, 2], neighbours.Items[..2]);
        Assert.Equal(2 / (2 * MathF.Sqrt(3)), neighbours.Scores[0], 1e-6);
        Assert.Equal(1 / (2 * MathF.Sqrt(2)), neighbours.Scores[1], 1e-6);
        var undamped = ItemNeighbours.Build(Small, new() { Kind = ItemSimilarity.PopularityDamped, Damping = 1, HistoryDamping = 0, UserDamping = 1 });

        // Users of 2 and 3 items; item 1 has 3 users.
        Assert.Equal(((1 / 2f) + (1 / 3f)) / 3, undamped.Scores[0], 1e-6);
    }

    [Fact]
    public void Shrinkage_weighting_and_list_length_are_obeyed()
    {
        var shrunk = ItemNeighbours.Build(Small, new() { Neighbours = 1, Shrinkage = 10 });
        Assert.Equal([0, 1, 2, 3, 3], shrunk.Starts);
        Assert.Equal(2 / (MathF.Sqrt(6) + 10), shrunk.Scores[0], 1e-6);
        var weighted = ItemNeighbours.Build(Small, new() { Kind = ItemSimilarity.PopularityDamped, Damping = 0, UserFrequencyWeighting = true });

        // Item 0 with item 1: users of 2 and 3 items.
        Assert.Equal(((1 / Math.Log(3)) + (1 / Math.Log(4))) / 2, weighted.Scores[0], 1e-6);
    }

    [Fact]
    public void Blocks_of_items_that_never_meet_keep_to_themselves_with_any_number_of_threads()
    {
        // Users of block b take a random half of the ten items of block b.
        var random = new Random(3);
        var histories = Enumerable.Range(0, 120).Select(u => Enumerable.Range(0, 10).Where(_ => random.Next(2) == 0).Select(i => (u % 4 * 10) + i).ToArray()).ToArray();
        var matrix = Matrix(120, 40, histories);
        var one = ItemNeighbours.Build(matrix, new() { Threads = 1 });
        var many = ItemNeighbours.Build(matrix, new() { Threads = 4 });
        Assert.Equal(one.Items, many.Items);
        Assert.Equal(one.Scores, many.Scores);
        for (var item = 0; item < 40; item++)
        {
            var list = one.Items[one.Starts[item]..one.Starts[item + 1]];
            Assert.Equal(9, list.Length);
            Assert.All(list, neighbour => Assert.Equal(item / 10, neighbour / 10));
        }
    }

    [Fact]
    public void Scores_of_a_history_add_up_weighted_similarities()
    {
        var neighbours = new ItemNeighbours([0, 2, 3, 3], [1, 2, 0], [0.5f, 0.25f, 1]);
        var dense = new float[] { 9, 9, 9 };
        neighbours.ScoreInto([0, 1], [2, 3], dense);
        Assert.Equal([3f, 1, 0.5f], dense);
        neighbours.ScoreInto([0], [], dense);
        Assert.Equal([0f, 0.5f, 0.25f], dense);
        Assert.Throws<ArgumentException>(() => neighbours.ScoreInto([0], [], new float[2]));
    }

    [Fact]
    public void A_history_that_is_too_long_keeps_its_largest_weights()
    {
        var matrix = InteractionMatrix.FromInteractions([new(0, 0, 1, 0), new(0, 1, 5, 0), new(0, 2, 4, 0), new(0, 3, 1, 0)], 1, 4);
        var neighbours = ItemNeighbours.Build(matrix, new() { MaxUserItems = 2 });
        Assert.Equal([0, 0, 1, 2, 2], neighbours.Starts);
        Assert.Equal([2, 1], neighbours.Items);
    }

    [Fact]
    public void Broken_lists_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ItemNeighbours([0, 1], [3], [1]));
        Assert.Throws<ArgumentException>(() => new ItemNeighbours([0, 2], [0], [1]));
        Assert.Throws<ArgumentException>(() => new ItemNeighbours([0, 2, 1], [0], [1]));
    }

    private static InteractionMatrix Matrix(int users, int items, int[][] histories) =>
        InteractionMatrix.FromInteractions([.. histories.SelectMany((history, user) => history.Select(item => new Interaction(user, item, 1, 0)))], users, items);
}
