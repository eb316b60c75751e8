using Siskin.Models.Interactions;
using Siskin.Models.Retrieval;
using Siskin.Models.Retrieval.Spectral;

namespace Siskin.Tests.Models.Retrieval.Spectral;

public sealed class SpectralFilterTests
{
    [Theory]
    [InlineData(0.5f, 0.5f, 0, false)]
    [InlineData(0.3f, 0.4f, 0.9f, true)]
    public void Scores_equal_the_formula_in_double_precision(float userExponent, float itemExponent, float sharpening, bool isWeighted)
    {
        const int Rank = 5;
        var matrix = Checkerboard.Random(30, 21, 0.3, isWeighted);
        var options = new SpectralFilterOptions { Rank = Rank, IdealWeight = 0.4f, Sharpening = sharpening, UserExponent = userExponent, ItemExponent = itemExponent, Iterations = 60 };
        var model = SpectralFilter.Build(matrix, options);
        var expected = Plain(matrix, options);
        for (var user = 0; user < matrix.RowCount; user++)
        {
            var scores = Checkerboard.Scores(model, matrix, user);
            for (var item = 0; item < scores.Length; item++)
            {
                Assert.Equal(expected[user][item], scores[item], 2e-4);
            }
        }

        Assert.Equal(Rank, model.SingularValues.Count);
    }

    [Fact]
    public void The_largest_singular_value_of_the_normalised_graph_is_one() =>
        Assert.Equal(1, SpectralFilter.Build(Checkerboard.Random(50, 40, 0.2, false), new() { Rank = 3 }).SingularValues[0], 1e-4);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.3f, 0)]
    [InlineData(0.3f, 0.8f)]
    public void Blocks_are_told_apart(float idealWeight, float sharpening) =>
        Assert.Equal(1, Checkerboard.Recall(SpectralFilter.Build(Checkerboard.Create().Train, new() { Rank = 4, IdealWeight = idealWeight, Sharpening = sharpening })));

    [Fact]
    public void The_number_of_threads_changes_nothing_and_the_rank_is_cut_to_the_matrix()
    {
        var matrix = Checkerboard.Random(40, 12, 0.3, true);
        var one = SpectralFilter.Build(matrix, new() { Rank = 500, Threads = 1 });
        var many = SpectralFilter.Build(matrix, new() { Rank = 500, Threads = 3 });
        Assert.Equal(12, one.SingularValues.Count);
        Assert.Equal(one.SingularValues, many.SingularValues);
        Assert.Equal(Checkerboard.Scores(one, matrix, 7), Checkerboard.Scores(many, matrix, 7));
    }

    [Fact]
    public void A_matrix_of_smaller_rank_than_asked_for_gives_finite_scores()
    {
        var matrix = InteractionMatrix.FromInteractions([new(0, 0, 1, 0), new(0, 1, 1, 0), new(1, 0, 1, 0), new(1, 1, 1, 0)], 6, 5);
        var model = SpectralFilter.Build(matrix, new() { Rank = 5, Sharpening = 0.5f });
        Assert.Equal(1, model.SingularValues[0], 1e-5);
        Assert.All(model.SingularValues.Skip(1), value => Assert.Equal(0, value, 1e-5));
        var scores = Checkerboard.Scores(model, matrix, 0);
        Assert.True(scores[0] > 0.5f && scores[1] > 0.5f);
        Assert.Equal([0f, 0, 0], scores[2..]);
        Assert.All(Checkerboard.Scores(model, matrix, 5), score => Assert.Equal(0, score));
    }

    [Fact]
    public void Progress_comes_after_each_round_and_wrong_input_is_refused()
    {
        var matrix = Checkerboard.Random(10, 8, 0.4, false);
        var rounds = new List<int>();
        SpectralFilter.Build(matrix, new() { Iterations = 3 }, new Recorder(rounds));
        Assert.Equal([1, 2, 3], rounds);
        Assert.Throws<ArgumentException>(() => SpectralFilter.Build(matrix, new() { Rank = 0 }));
        Assert.Throws<ArgumentException>(() => SpectralFilter.Build(new InteractionMatrix(3, [0, 0], [], []), new()));
        Assert.ThrowsAny<OperationCanceledException>(() => SpectralFilter.Build(matrix, new(), null, new CancellationToken(true)));
        var model = SpectralFilter.Build(matrix, new());
        Assert.Throws<ArgumentException>(() => model.ScoreInto(0, matrix.Row(0), new float[3]));
        var foreign = InteractionMatrix.FromInteractions([new(0, 8, 1, 0)], 1, 9);
        Assert.Throws<ArgumentException>(() => model.ScoreInto(0, foreign.Row(0), new float[8]));
    }

    private static double[][] Plain(InteractionMatrix matrix, SpectralFilterOptions options)
    {
        var x = Checkerboard.Dense(matrix);
        var (users, items) = (matrix.RowCount, matrix.ColumnCount);
        var degrees = new double[items];
        for (var item = 0; item < items; item++)
        {
            degrees[item] = Math.Pow(Math.Max(1, x.Count(row => row[item] > 0)), options.ItemExponent);
        }

        var gram = new double[items * items];
        for (var user = 0; user < users; user++)
        {
            var scale = Math.Pow(x[user].Count(value => value > 0), -2 * options.UserExponent);
            for (var i = 0; i < items; i++)
            {
                for (var j = 0; j < items; j++)
                {
                    gram[(i * items) + j] += scale * x[user][i] * x[user][j] / (degrees[i] * degrees[j]);
                }
            }
        }

        var vectors = (double[])gram.Clone();
        var largest = SymmetricEigen.Decompose(vectors, items)[0];
        var scores = new double[users][];
        for (var user = 0; user < users; user++)
        {
            var sums = new double[items];
            for (var j = 0; j < items; j++)
            {
                for (var i = 0; i < items; i++)
                {
                    var ideal = 0.0;
                    for (var k = 0; k < options.Rank; k++)
                    {
                        ideal += vectors[(k * items) + i] * vectors[(k * items) + j];
                    }

                    sums[j] += x[user][i] * ((gram[(i * items) + j] / largest) + (options.IdealWeight * ideal * degrees[j] / degrees[i]));
                }
            }

            scores[user] = new double[items];
            for (var j = 0; j < items; j++)
            {
                scores[user][j] = sums[j];
                for (var i = 0; i < items; i++)
                {
                    scores[user][j] -= options.Sharpening * sums[i] * gram[(i * items) + j] / largest;
                }
            }
        }

        return scores;
    }

    private sealed class Recorder(List<int> rounds) : IProgress<RetrievalProgress>
    {
        public void Report(RetrievalProgress value) => rounds.Add(value.Round);
    }
}
