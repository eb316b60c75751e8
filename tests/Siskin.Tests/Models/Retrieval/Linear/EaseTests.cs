using Siskin.Models.Retrieval.Linear;

namespace Siskin.Tests.Models.Retrieval.Linear;

public sealed class EaseTests
{
    [Theory]
    [InlineData(1, 30)]
    [InlineData(16, 30)]
    [InlineData(45, 30)]
    [InlineData(290, 200)]
    [InlineData(530, 100)]
    public void Weights_equal_the_closed_form_in_double_precision(int items, int users)
    {
        var matrix = Checkerboard.Random(users, items, 0.1, items == 45);
        using var model = Ease.Train(matrix, new() { Regularization = 3 });
        var inverse = Inverse(Checkerboard.Dense(matrix), items, 3);
        for (var i = 0; i < items; i++)
        {
            for (var j = 0; j < items; j++)
            {
                Assert.Equal(i == j ? 0 : -inverse[(i * items) + j] / inverse[(j * items) + j], model.Weight(i, j), 1e-5);
            }
        }
    }

    [Fact]
    public void A_score_is_the_sum_of_the_weights_of_the_history()
    {
        var matrix = Checkerboard.Random(40, 37, 0.2, true);
        using var model = Ease.Train(matrix, new() { Regularization = 2 });
        for (var user = 0; user < 40; user++)
        {
            var history = matrix.Row(user);
            var scores = Checkerboard.Scores(model, matrix, user);
            for (var item = 0; item < 37; item++)
            {
                var sum = 0.0;
                for (var i = 0; i < history.Length; i++)
                {
                    sum += history.Values[i] * model.Weight(history.Columns[i], item);
                }

                Assert.Equal(sum, scores[item], 1e-5);
            }
        }
    }

    [Fact]
    public void Blocks_are_told_apart()
    {
        using var model = Ease.Train(Checkerboard.Create().Train, new() { Regularization = 5 });
        Assert.Equal(1, Checkerboard.Recall(model));
    }

    [Fact]
    public void The_number_of_threads_changes_nothing()
    {
        var matrix = Checkerboard.Random(60, 300, 0.1, false);
        using var one = Ease.Train(matrix, new() { Threads = 1 });
        using var many = Ease.Train(matrix, new() { Threads = 3 });
        Assert.Equal(Checkerboard.Scores(one, matrix, 5), Checkerboard.Scores(many, matrix, 5));
    }

    [Fact]
    public void Too_many_items_for_the_memory_wrong_options_and_cancellation_stop_before_the_work()
    {
        var matrix = Checkerboard.Random(10, 40, 0.2, false);
        var error = Assert.Throws<ArgumentException>(() => Ease.Train(matrix, new() { MemoryLimitBytes = 6143 }));
        Assert.Contains("6144", error.Message);
        Ease.Train(matrix, new() { MemoryLimitBytes = 6144 }).Dispose();
        Assert.Throws<ArgumentException>(() => Ease.Train(matrix, new() { Regularization = 0 }));
        Assert.ThrowsAny<OperationCanceledException>(() => Ease.Train(matrix, new(), null, new CancellationToken(true)));
        using var model = Ease.Train(matrix, new());
        Assert.Throws<ArgumentException>(() => model.ScoreInto(0, matrix.Row(0), new float[39]));
        Assert.Throws<ArgumentException>(() => model.ScoreInto(0, Checkerboard.Random(1, 41, 1, false).Row(0), new float[40]));
    }

    [Fact]
    public void A_matrix_that_is_not_positive_definite_is_refused()
    {
        using var tiles = new SymmetricTiles(16);
        Numbers(tiles).Clear();
        Assert.Throws<ArithmeticException>(() => SymmetricInverse.Invert(tiles, 1, null, default));
    }

    private static unsafe Span<float> Numbers(SymmetricTiles tiles) => new(tiles.Tile(0, 0), SymmetricTiles.TileLength);

    private static double[] Inverse(double[][] x, int n, double ridge)
    {
        var a = new double[n * n];
        foreach (var row in x)
        {
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n && row[i] != 0; j++)
                {
                    a[(i * n) + j] += row[i] * row[j];
                }
            }
        }

        var inverse = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            a[(i * n) + i] += ridge;
            inverse[(i * n) + i] = 1;
        }

        for (var k = 0; k < n; k++)
        {
            var pivot = 1 / a[(k * n) + k];
            for (var j = 0; j < n; j++)
            {
                a[(k * n) + j] *= pivot;
                inverse[(k * n) + j] *= pivot;
            }

            for (var i = 0; i < n; i++)
            {
                var factor = a[(i * n) + k];
                if (i == k || factor == 0)
                {
                    continue;
                }

                for (var j = 0; j < n; j++)
                {
                    a[(i * n) + j] -= factor * a[(k * n) + j];
                    inverse[(i * n) + j] -= factor * inverse[(k * n) + j];
                }
            }
        }

        return inverse;
    }
}
