using Siskin.Models.Interactions;
using Siskin.Models.Retrieval;
using Siskin.Models.Retrieval.Factors;

namespace Siskin.Tests.Models.Retrieval.Factors;

public sealed class BprTests
{
    private static readonly BprOptions Small = new() { Dimensions = 12, Epochs = 60, LearningRate = 0.1f };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Blocks_are_told_apart(int threads) =>
        Assert.Equal(1, Checkerboard.Recall(Bpr.Train(Checkerboard.Create().Train, Small with { Threads = threads })));

    [Fact]
    public void One_thread_repeats_itself_and_another_seed_does_not()
    {
        var (train, _) = Checkerboard.Create();
        var options = Small with { Threads = 1, Epochs = 3 };
        var first = Bpr.Train(train, options);
        Assert.Equal(first.ItemFactors, Bpr.Train(train, options).ItemFactors);
        Assert.NotEqual(first.ItemFactors, Bpr.Train(train, options with { Seed = 2 }).ItemFactors);
    }

    [Fact]
    public void The_loss_falls()
    {
        var losses = new List<double>();
        Bpr.Train(Checkerboard.Create().Train, Small, new Recorder(losses));
        Assert.Equal(60, losses.Count);
        Assert.True(losses[0] < 0.75 && losses[^1] < 0.3 * losses[0]);
    }

    [Fact]
    public void A_user_who_took_everything_does_not_hang_the_draw()
    {
        var matrix = Checkerboard.Random(3, 5, 1, false);
        Assert.All(Bpr.Train(matrix, Small with { Epochs = 2 }).UserFactors, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Wrong_input_cancellation_and_divergence_are_errors()
    {
        var (train, _) = Checkerboard.Create();
        Assert.Throws<ArgumentException>(() => Bpr.Train(train, new() { Dimensions = 0 }));
        Assert.Throws<ArgumentException>(() => Bpr.Train(new InteractionMatrix(3, [0, 0], [], []), new()));
        Assert.ThrowsAny<OperationCanceledException>(() => Bpr.Train(train, new(), null, new CancellationToken(true)));
        Assert.Throws<Siskin.Models.Training.TrainingDivergedException>(() => Bpr.Train(train, Small with { LearningRate = 10, Regularization = 100 }));
        var model = Bpr.Train(train, Small with { Epochs = 1 });
        Assert.Throws<ArgumentException>(() => model.ScoreInto(Checkerboard.Users, default, new float[Checkerboard.Items]));
        Assert.Throws<ArgumentException>(() => model.ScoreInto(0, default, new float[Checkerboard.Items - 1]));
    }

    private sealed class Recorder(List<double> losses) : IProgress<RetrievalProgress>
    {
        public void Report(RetrievalProgress value) => losses.Add(value.Loss);
    }
}
