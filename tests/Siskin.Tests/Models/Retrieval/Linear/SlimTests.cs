using Siskin.Models.Retrieval;
using Siskin.Models.Retrieval.Linear;

namespace Siskin.Tests.Models.Retrieval.Linear;

public sealed class SlimTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Weights_are_where_the_loss_has_no_slope_or_zero_where_it_would_fall_below(bool isWeighted)
    {
        const int Items = 25;
        var matrix = Checkerboard.Random(60, Items, 0.3, isWeighted);
        var options = new SlimOptions { L1 = 0.7f, L2 = 1.5f, Candidates = Items, Tolerance = 1e-6f, Iterations = 500 };
        var weights = Weights(Slim.Train(matrix, options));
        var x = Checkerboard.Dense(matrix);
        var (positive, zero) = (0, 0);
        for (var target = 0; target < Items; target++)
        {
            Assert.Equal(0, weights[target, target]);
            for (var source = 0; source < Items; source++)
            {
                if (source == target)
                {
                    continue;
                }

                var slope = options.L1 + (options.L2 * weights[source, target]);
                foreach (var row in x)
                {
                    var residual = row[target];
                    for (var k = 0; k < Items; k++)
                    {
                        residual -= row[k] * weights[k, target];
                    }

                    slope -= row[source] * residual;
                }

                if (weights[source, target] > 0)
                {
                    positive++;
                    Assert.Equal(0, slope, 1e-3);
                }
                else
                {
                    zero++;
                    Assert.True(slope > -1e-3);
                }
            }
        }

        Assert.True(positive > 50 && zero > 50);
    }

    [Fact]
    public void Only_candidates_get_weights_and_more_regularisation_leaves_fewer()
    {
        var matrix = Checkerboard.Random(60, 25, 0.3, false);
        Assert.True(Slim.Train(matrix, new() { Candidates = 3 }).Items.Length <= 75);
        var loose = Slim.Train(matrix, new() { L1 = 0.1f }).Items.Length;
        var strict = Slim.Train(matrix, new() { L1 = 3 }).Items.Length;
        Assert.True(strict < loose);
        Assert.Empty(Slim.Train(matrix, new() { L1 = 1000 }).Items);
    }

    [Fact]
    public void Blocks_are_told_apart()
    {
        var (train, _) = Checkerboard.Create();
        Assert.Equal(1, Checkerboard.Recall(Slim.Train(train, new())));
    }

    [Fact]
    public void The_number_of_threads_changes_nothing_and_lists_are_best_first()
    {
        var matrix = Checkerboard.Random(80, 60, 0.2, true);
        var one = Slim.Train(matrix, new() { L1 = 0.2f, Threads = 1 });
        var many = Slim.Train(matrix, new() { L1 = 0.2f, Threads = 3 });
        Assert.Equal(one.Items, many.Items);
        Assert.Equal(one.Scores, many.Scores);
        for (var item = 0; item < 60; item++)
        {
            var list = one.Scores[one.Starts[item]..one.Starts[item + 1]];
            Assert.Equal(list.OrderDescending(), list);
        }
    }

    [Fact]
    public void Wrong_options_and_cancellation_are_obeyed_and_progress_reaches_its_end()
    {
        var matrix = Checkerboard.Random(20, 10, 0.3, false);
        Assert.Throws<ArgumentException>(() => Slim.Train(matrix, new() { L2 = 0 }));
        Assert.ThrowsAny<OperationCanceledException>(() => Slim.Train(matrix, new(), null, new CancellationToken(true)));
        var last = new Last();
        Slim.Train(matrix, new(), last);
        Assert.Equal((16, 16), (last.Value.Round, last.Value.Rounds));
        Assert.Equal(TimeSpan.Zero, last.Value.Remaining);
    }

    private static double[,] Weights(ItemNeighbours model)
    {
        var weights = new double[model.ItemCount, model.ItemCount];
        for (var item = 0; item < model.ItemCount; item++)
        {
            for (var at = model.Starts[item]; at < model.Starts[item + 1]; at++)
            {
                weights[item, model.Items[at]] = model.Scores[at];
            }
        }

        return weights;
    }

    private sealed class Last : IProgress<RetrievalProgress>
    {
        public RetrievalProgress Value { get; private set; }

        public void Report(RetrievalProgress value) => Value = value;
    }
}
