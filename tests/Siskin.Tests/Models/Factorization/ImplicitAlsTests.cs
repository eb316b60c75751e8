using Siskin.Models.Evaluation;
using Siskin.Models.Factorization;
using Siskin.Models.Interactions;

namespace Siskin.Tests.Models.Factorization;

public sealed class ImplicitAlsTests
{
    [Theory]
    [InlineData(5, 1, false)]
    [InlineData(16, 0, false)]
    [InlineData(20, 0.5f, true)]
    public void Training_equals_a_plain_implementation_in_double_precision(int d, float exponent, bool isWeighted)
    {
        var matrix = Random(40, 30, 350, isWeighted);
        var options = new ImplicitAlsOptions { Dimensions = d, Epochs = 1, Exponent = exponent, UnobservedWeight = 0.2f, Regularization = 0.05f };
        var start = ImplicitAls.Train(matrix, options);
        var model = ImplicitAls.Continue(start, matrix, options with { Epochs = 3 });
        var (users, items) = PlainAls.Train(matrix, Array.ConvertAll(start.ItemFactors, value => (double)value), options with { Epochs = 3 });
        Assert.Equal(users, Array.ConvertAll(model.UserFactors, value => (double)value), (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.Equal(items, Array.ConvertAll(model.ItemFactors, value => (double)value), (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.Contains(users, value => Math.Abs(value) > 0.1);
    }

    [Fact]
    public void Each_item_vector_is_where_the_loss_has_no_slope()
    {
        var matrix = Random(60, 25, 500, true);
        var options = new ImplicitAlsOptions { Dimensions = 8, Epochs = 2, UnobservedWeight = 0.3f, Regularization = 0.02f };
        var model = ImplicitAls.Train(matrix, options);
        var byItem = matrix.Transpose();
        for (var item = 0; item < 25; item++)
        {
            for (var k = 0; k < 8; k++)
            {
                double At(double shift) => PlainAls.ItemLoss(byItem, model, item, k, shift);
                var slope = (At(1e-3) - At(-1e-3)) / 2e-3;
                Assert.Equal(0, slope, 1e-3);
                Assert.True(At(0.05) > At(0) && At(-0.05) > At(0));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Folding_in_a_training_user_reproduces_the_users_half_of_an_epoch(bool isWeighted)
    {
        // One epoch: users from the first item vectors, which a model continued for no change of items still knows.
        var matrix = Random(30, 40, 400, isWeighted);
        var options = new ImplicitAlsOptions { Dimensions = 12, Epochs = 1 };
        var start = ImplicitAls.Train(matrix, options);
        var next = ImplicitAls.Continue(start, matrix, options);
        var folder = new ImplicitAlsFolder(start.ItemFactors, options);
        var vector = new float[12];
        for (var user = 0; user < 30; user++)
        {
            var row = matrix.Row(user);
            folder.FoldIn(row.Columns, isWeighted ? row.Values : default, vector);
            Assert.Equal(next.User(user).ToArray(), vector);
        }
    }

    [Fact]
    public void Folding_in_allocates_nothing_and_refuses_what_does_not_fit()
    {
        var folder = new ImplicitAlsFolder(ImplicitAls.Train(Random(30, 40, 400, false), new() { Dimensions = 12, Epochs = 1 }));
        var vector = new float[12];
        int[] items = [1, 2, 3];
        folder.FoldIn(items, [], vector);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            folder.FoldIn(items, [], vector);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Contains(vector, value => value != 0);
        folder.FoldIn([], [], vector);
        Assert.All(vector, value => Assert.Equal(0, value));
        Assert.Throws<ArgumentException>(() => folder.FoldIn([40], [], vector));
        Assert.Throws<ArgumentException>(() => folder.FoldIn([1], [-1], vector));
        Assert.Throws<ArgumentException>(() => folder.FoldIn([1], [], new float[11]));
    }

    [Fact]
    public void The_number_of_threads_does_not_change_the_result()
    {
        var matrix = Random(300, 700, 9000, false);
        var one = ImplicitAls.Train(matrix, new() { Dimensions = 20, Epochs = 3, Threads = 1 });
        var many = ImplicitAls.Train(matrix, new() { Dimensions = 20, Epochs = 3, Threads = 5 });
        Assert.Equal(one.UserFactors, many.UserFactors);
        Assert.Equal(one.ItemFactors, many.ItemFactors);
    }

    [Fact]
    public void Training_on_from_a_model_equals_training_without_a_break()
    {
        var matrix = Random(50, 40, 500, false);
        var options = new ImplicitAlsOptions { Dimensions = 8, Epochs = 5 };
        var whole = ImplicitAls.Train(matrix, options);
        var part = ImplicitAls.Train(matrix, options with { Epochs = 2 });
        var rest = ImplicitAls.Continue(part, matrix, options with { Epochs = 3 });
        Assert.Equal(whole.UserFactors, rest.UserFactors);
        Assert.Equal(whole.ItemFactors, rest.ItemFactors);
    }

    [Fact]
    public void A_checkerboard_is_learnt_and_its_missing_squares_are_filled_in()
    {
        // Even users like even items, odd users odd ones; a fifth of the pairs is held back.
        var random = new Random(7);
        var pairs = Enumerable.Range(0, 60 * 50).Select(p => new Interaction(p / 50, p % 50, 1, 0)).Where(i => (i.User + i.Item) % 2 == 0).ToArray();
        var split = DataSplits.PerUserRandom(pairs, 0.2, seed: 3);
        var train = InteractionMatrix.FromInteractions(split.Train, 60, 50);
        var test = InteractionMatrix.FromInteractions(split.Test, 60, 50);
        var model = ImplicitAls.Train(train, new() { Dimensions = 4, Epochs = 10 });
        Assert.Equal(1, FullRanking.Evaluate(train, test, model.ScoreInto, [5]).At(5).Recall);
    }

    [Fact]
    public void Users_and_items_without_interactions_get_the_zero_vector()
    {
        var model = ImplicitAls.Train(InteractionMatrix.FromInteractions([new(0, 1, 1, 0)], 2, 2), new() { Dimensions = 3, Epochs = 2 });
        Assert.All(model.User(1).ToArray(), value => Assert.Equal(0, value));
        Assert.All(model.Item(0).ToArray(), value => Assert.Equal(0, value));
        Assert.Contains(model.User(0).ToArray(), value => value != 0);
    }

    [Fact]
    public void Every_option_out_of_range_is_named()
    {
        var error = Assert.Throws<ArgumentException>(() => ImplicitAls.Train(Random(2, 2, 2, false), new() { Dimensions = 0, UnobservedWeight = float.NaN, Exponent = 2 }));
        Assert.Contains("Dimensions", error.Message, StringComparison.Ordinal);
        Assert.Contains("UnobservedWeight", error.Message, StringComparison.Ordinal);
        Assert.Contains("Exponent", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_is_told_of_each_epoch_and_a_cancelled_training_ends()
    {
        var seen = new List<int>();
        ImplicitAls.Train(Random(9, 9, 20, false), new() { Dimensions = 2, Epochs = 3 }, new Recorder(seen));
        Assert.Equal([1, 2, 3], seen);
        Assert.ThrowsAny<OperationCanceledException>(() => ImplicitAls.Train(Random(9, 9, 20, false), new(), null, new CancellationToken(true)));
    }

    private static InteractionMatrix Random(int users, int items, int count, bool isWeighted)
    {
        var random = new Random(users + items);
        var interactions = new Interaction[count];
        foreach (ref var interaction in interactions.AsSpan())
        {
            interaction = new(random.Next(users), random.Next(items), isWeighted ? random.Next(1, 9) * 0.5f : 1, 0);
        }

        return InteractionMatrix.FromInteractions(interactions, users, items);
    }

    private sealed class Recorder(List<int> seen) : IProgress<ImplicitAlsProgress>
    {
        public void Report(ImplicitAlsProgress value) => seen.Add(value.Epoch);
    }
}
