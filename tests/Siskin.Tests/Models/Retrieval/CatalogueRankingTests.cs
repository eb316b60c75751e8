using Siskin.Models.Evaluation;
using Siskin.Models.Factorization;
using Siskin.Models.Interactions;
using Siskin.Models.Retrieval;
using Siskin.Models.Retrieval.Factors;
using Siskin.Models.Retrieval.Spectral;

namespace Siskin.Tests.Models.Retrieval;

public sealed class CatalogueRankingTests
{
    [Fact]
    public void Batches_give_the_figures_of_one_user_after_another()
    {
        var histories = Checkerboard.Random(150, 40, 0.2, true);
        var truth = Checkerboard.Random(150, 40, 0.05, false, seed: 2);
        var model = SpectralFilter.Build(histories, new() { Rank = 6, Sharpening = 0.4f });
        var expected = FullRanking.Evaluate(histories, truth, (user, scores) => model.ScoreInto(user, histories.Row(user), scores), [5, 10]);
        foreach (var threads in new[] { 1, 3 })
        {
            var report = CatalogueRanking.Evaluate(model, histories, truth, [5, 10], threads);
            Assert.Equal(expected.Users, report.Users);
            Assert.Equal(expected.Lengths, report.Lengths);
        }

        Assert.InRange(expected.At(10).Recall, 0.05, 0.95);
    }

    [Fact]
    public void Models_without_batches_are_ranked_user_by_user()
    {
        var histories = InteractionMatrix.FromInteractions([new(0, 2, 1, 0)], 2, 3);
        var truth = InteractionMatrix.FromInteractions([new(0, 1, 1, 0), new(1, 0, 1, 0)], 2, 3);
        var model = new FactorModel(1, [1, -1], [1, 2, 3]);
        Assert.Equal(1, CatalogueRanking.Evaluate(model, histories, truth, [1]).At(1).Recall);
    }

    [Fact]
    public void Neighbours_and_alternating_least_squares_score_by_the_same_contract()
    {
        var (train, _) = Checkerboard.Create();
        Assert.Equal(1, Checkerboard.Recall(ItemNeighbours.Build(train, new())));
        Assert.Equal(1, Checkerboard.Recall(ImplicitAls.Train(train, new() { Dimensions = 4, UnobservedWeight = 0.3f })));
        ICatalogueScorer neighbours = ItemNeighbours.Build(train, new());
        Assert.Throws<ArgumentException>(() => neighbours.ScoreInto(0, Checkerboard.Random(1, 49, 1, false).Row(0), new float[48]));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        var histories = Checkerboard.Random(10, 8, 0.3, false);
        var model = SpectralFilter.Build(histories, new() { Rank = 2 });
        Assert.Throws<ArgumentException>(() => CatalogueRanking.Evaluate(model, Checkerboard.Random(10, 9, 0.3, false), histories, [1]));
        Assert.Throws<ArgumentException>(() => CatalogueRanking.Evaluate(model, histories, Checkerboard.Random(11, 8, 0.3, false), [1]));
        Assert.Throws<ArgumentException>(() => model.ScoreInto([0, 1], histories, new float[15]));
    }
}
