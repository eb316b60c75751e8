using Siskin.Models.Evaluation;
using Siskin.Models.Factorization;
using Siskin.Models.Interactions;

namespace Siskin.Tests.Models.Factorization;

public sealed class ImplicitAlsTunerTests
{
    [Fact]
    public void Settings_that_cannot_learn_the_blocks_lose_and_the_table_repeats()
    {
        var (train, validation) = Blocks();
        var options = new ImplicitAlsTunerOptions { Dimensions = [1, 8], UnobservedWeights = [0.1f], Regularizations = [0.01f], FirstEpochs = 2, Epochs = 4, ListLength = 5 };
        var tuning = ImplicitAlsTuner.Tune(train, validation, options);
        Assert.True(tuning.IsComplete);

        // One dimension cannot tell three blocks apart.
        Assert.Equal((8, 4), (tuning.Best.Dimensions, tuning.Best.Epochs));
        Assert.Equal([2, 2, 4], tuning.Trials.Select(trial => trial.Options.Epochs));
        Assert.Equal(tuning.Trials.Select(trial => trial.Metric), ImplicitAlsTuner.Tune(train, validation, options).Trials.Select(trial => trial.Metric));
    }

    [Fact]
    public void Regularisation_is_scaled_so_that_penalties_add_up_alike_at_every_exponent()
    {
        // One user with both of two items: frequencies 2 + 0.5·2 = 3, and 1 + 0.5·1 = 1.5 twice.
        var train = InteractionMatrix.FromInteractions([new(0, 0, 1, 0), new(0, 1, 1, 0)], 1, 2);
        var options = new ImplicitAlsTunerOptions { UnobservedWeights = [0.5f], Regularizations = [0.1f], Exponents = [0], Epochs = 1 };
        Assert.Equal(0.1f * 6 / 3, ImplicitAlsTuner.Tune(train, train, options).Best.Regularization, 1e-6);
    }

    [Fact]
    public void Budgets_of_trials_and_time_are_kept()
    {
        var (train, validation) = Blocks();
        var few = ImplicitAlsTuner.Tune(train, validation, new() { MaxTrials = 2, FirstEpochs = 1, Epochs = 1 });
        Assert.Equal(2, few.Trials.Count);
        var brief = ImplicitAlsTuner.Tune(train, validation, new() { TimeLimit = TimeSpan.Zero });
        Assert.Single(brief.Trials);
        Assert.False(brief.IsComplete);
    }

    private static (InteractionMatrix Train, InteractionMatrix Validation) Blocks()
    {
        var random = new Random(5);
        var interactions = Enumerable.Range(0, 900).Select(_ => (User: random.Next(60), Item: random.Next(15))).Distinct()
            .Select(pair => new Interaction(pair.User, (pair.User % 3 * 15) + pair.Item, 1, 0)).ToArray();
        var split = DataSplits.PerUserRandom(interactions, 0.2, 1);
        return (InteractionMatrix.FromInteractions(split.Train, 60, 45), InteractionMatrix.FromInteractions(split.Test, 60, 45));
    }
}
