using Siskin.Models.Graph;
using Siskin.Models.Graph.Optimizers;
using Siskin.Models.Ranking.Deep;
using Siskin.Models.Training;
using Siskin.Vectors;

namespace Siskin.Tests.Models.Training;

public sealed class GraphTrainerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("siskin-trainer").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void On_one_thread_the_same_seed_gives_the_same_numbers_to_the_last_bit()
    {
        var examples = Examples(500);
        var (first, second) = (Trained(examples, threads: 1), Trained(examples, threads: 1));
        Assert.Equal(first, second);
        Assert.NotEqual(first, Trained(examples, threads: 1, seed: 2));
    }

    [Fact]
    public void Training_that_goes_on_from_a_checkpoint_equals_training_without_interruption()
    {
        var examples = Examples(500);
        var options = new GraphTrainerOptions { Epochs = 4, BatchSize = 64, Threads = 1, Patience = 0 };
        using var whole = Model();
        var report = new GraphTrainer(options).Train(whole, examples, examples);
        var path = Path.Combine(_directory, "checkpoint");
        using (var begun = Model())
        {
            new GraphTrainer(options with { Epochs = 2 }).Train(begun, examples, examples, path);
        }

        using var resumed = Model();
        var rest = new GraphTrainer(options).Train(resumed, examples, examples, path);
        Assert.Equal(Values(whole), Values(resumed));
        Assert.Equal(report.Epochs.Select(epoch => (epoch.Loss, epoch.ValidationScore)), rest.Epochs.Select(epoch => (epoch.Loss, epoch.ValidationScore)));
    }

    [Fact]
    public void A_checkpoint_of_another_model_or_a_damaged_one_is_refused()
    {
        var examples = Examples(100);
        var options = new GraphTrainerOptions { Epochs = 1, BatchSize = 64, Threads = 1 };
        var path = Path.Combine(_directory, "checkpoint");
        using (var model = Model())
        {
            new GraphTrainer(options).Train(model, examples, checkpoint: path);
        }

        using var other = new FactorizationMachineModel { Dimensions = 4 }.Build(examples.Layout);
        var before = Values(other);
        var failure = Assert.Throws<ModelFormatException>(() => new GraphTrainer(options).Train(other, examples, checkpoint: path));
        Assert.Contains("DeepFM", failure.Message, StringComparison.Ordinal);
        var bytes = File.ReadAllBytes(path);
        bytes[^100] ^= 1;
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
        using var same = Model();
        Assert.Throws<ModelFormatException>(() => new GraphTrainer(options with { Epochs = 2 }).Train(same, examples, checkpoint: path));
        Assert.Equal(before, Values(other));
    }

    [Fact]
    public void A_checkpoint_of_other_settings_or_examples_is_refused()
    {
        var examples = Examples(100);
        var options = new GraphTrainerOptions { Epochs = 1, BatchSize = 64, Threads = 1 };
        var path = Path.Combine(_directory, "checkpoint");
        using (var model = Model())
        {
            new GraphTrainer(options).Train(model, examples, checkpoint: path);
        }

        Refused(options with { ClipNorm = 1 });
        Refused(options with { Schedule = new() { WarmUpSteps = 5 } });
        Refused(options with { Optimizer = new Adam(beta1: 0.8f) });
        Refused(options, Examples(100, seed: 9));
        Refused(options, architecture: new DeepFm { Dimensions = 4, Layers = [8], Dropout = 0.2f });
        Refused(options, architecture: new DeepFm { Dimensions = 4, Layers = [8], Dropout = 0.1f, L2 = 0.1f });

        // For how long and on how many threads is free.
        using var longer = Model();
        Assert.Equal(2, new GraphTrainer(options with { Epochs = 2, Threads = 2, Patience = 7 }).Train(longer, examples, checkpoint: path).Epochs.Count);

        void Refused(GraphTrainerOptions changed, ExampleTable? others = null, DeepFm? architecture = null)
        {
            using var model = (architecture ?? new DeepFm { Dimensions = 4, Layers = [8], Dropout = 0.1f }).Build(examples.Layout, 1);
            Assert.Throws<ModelFormatException>(() => new GraphTrainer(changed).Train(model, others ?? examples, checkpoint: path));
        }
    }

    [Fact]
    public void Ftrl_takes_no_notice_of_schedules()
    {
        var examples = Examples(300);
        Assert.Equal(Wide(LearningRateSchedule.Constant), Wide(new() { DecayPerEpoch = 0.5, WarmUpSteps = 100 }));

        float[] Wide(LearningRateSchedule schedule)
        {
            var g = new GraphBuilder("wide", examples.Layout, 1);
            var logit = g.Wide(new ParameterSettings { Optimizer = new Ftrl(0.1f, l1: 0.01f) });
            g.BinaryCrossEntropy(logit);
            using var model = g.Build(logit);
            new GraphTrainer(new GraphTrainerOptions { Epochs = 3, BatchSize = 50, Threads = 1, Schedule = schedule }).Train(model, examples);
            Assert.All(model.Parameters, parameter => Assert.Contains(parameter.Span.ToArray(), value => value != 0));
            return Values(model);
        }
    }

    [Fact]
    public void A_validation_that_is_no_number_ends_training()
    {
        using var model = Model();
        var before = Values(model);
        var options = new GraphTrainerOptions { Epochs = 3, Threads = 1 };
        var failure = Assert.Throws<TrainingDivergedException>(() => new GraphTrainer(options).Train(model, Examples(100), () => double.NaN));
        Assert.Contains("validation after epoch 1", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, Values(model));
    }

    [Fact]
    public void Validation_may_begin_after_a_checkpoint_without_one()
    {
        var examples = Examples(200);
        var path = Path.Combine(_directory, "checkpoint");
        var options = new GraphTrainerOptions { Epochs = 1, BatchSize = 64, Threads = 1, Patience = 5 };
        using (var begun = Model())
        {
            new GraphTrainer(options).Train(begun, examples, checkpoint: path);
        }

        using var model = Model();
        var report = new GraphTrainer(options with { Epochs = 3 }).Train(model, examples, examples, path);
        Assert.True(report.BestEpoch > 1);
    }

    [Fact]
    public void Every_epoch_that_was_not_the_best_until_then_lowers_the_rate_for_good()
    {
        using var model = Model();
        var state = new TrainingState(model);
        var plateaus = new List<int>();
        foreach (var (score, i) in new[] { 0.5, 0.4, 0.6, 0.6, 0.7 }.Select((score, i) => (score, i)))
        {
            state.Add(new EpochResult(i + 1, 1, score, 1, 1, 1), i, hasValidation: true);
            plateaus.Add(state.Plateaus);
        }

        Assert.Equal([0, 1, 1, 2, 2], plateaus);
    }

    [Fact]
    public void Schedules_and_settings_that_make_no_sense_are_refused()
    {
        using var model = Model();
        foreach (var schedule in new LearningRateSchedule[] { new() { WarmUpSteps = -100 }, new() { DecayPerEpoch = double.NaN }, new() { DecayOnPlateau = -0.5 } })
        {
            Assert.Throws<ArgumentException>(() => new GraphTrainer(new GraphTrainerOptions { Schedule = schedule }).Train(model, Examples(10)));
        }

        var g = new GraphBuilder("wrong", Examples(1).Layout, 1);
        Assert.Throws<ArgumentException>(() => g.Bias(new ParameterSettings { RateFactor = float.NaN }));
        Assert.Throws<ArgumentException>(() => g.Bias(new ParameterSettings { L2 = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => g.BatchNorm(g.Embeddings(2), momentum: 0));
    }

    [Fact]
    public void Training_stops_when_validation_gets_no_better_and_keeps_the_best_parameters()
    {
        // Labels that follow nothing: what is learned of them is wrong for others.
        var (training, validation) = (Examples(300, isRandom: true), Examples(300, seed: 8, isRandom: true));
        using var model = Model();
        var report = new GraphTrainer(new GraphTrainerOptions { Epochs = 60, BatchSize = 32, Patience = 3, Threads = 1, Optimizer = new Adam(0.01f) }).Train(model, training, validation);
        Assert.True(report.StoppedEarly);
        Assert.Equal(report.Epochs.Count, report.BestEpoch + 3);
        Assert.Equal(report.Epochs.Max(epoch => epoch.ValidationScore), report.Epochs[report.BestEpoch - 1].ValidationScore);
        using var scorer = new GraphScorer(model, 1);
        Assert.Equal(report.Epochs[report.BestEpoch - 1].ValidationScore, GraphTrainer.Validate(scorer, model, validation).Auc);
    }

    [Fact]
    public void A_loss_that_is_no_number_ends_training_with_the_parameters_from_before()
    {
        var examples = Examples(200);
        using var model = Model();
        var before = Values(model);
        var failure = Assert.Throws<TrainingDivergedException>(() => new GraphTrainer(new GraphTrainerOptions { Optimizer = new Sgd(1e30f), BatchSize = 20, Threads = 1 }).Train(model, examples));
        Assert.Contains("step", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, Values(model));
    }

    [Fact]
    public void Clipped_gradients_are_as_long_as_allowed()
    {
        var examples = Examples(200);
        using var model = Model();
        var before = Values(model);
        var options = new GraphTrainerOptions { Optimizer = new Sgd(1), BatchSize = 200, Epochs = 1, ClipNorm = 1e-3, Threads = 2 };
        new GraphTrainer(options).Train(model, examples);
        Assert.Equal(1e-3, Math.Sqrt(before.Zip(Values(model), (old, now) => Math.Pow(old - (double)now, 2)).Sum()), 1e-5);
    }

    [Fact]
    public void Examples_that_nothing_can_be_learned_from_are_refused_before_training()
    {
        var good = Examples(50);
        Assert.Contains("no examples", Failure(With(good, count: 0)), StringComparison.Ordinal);
        Assert.Contains("all 50 labels of the training part are 1", Failure(With(good, label: _ => 1)), StringComparison.Ordinal);
        Assert.Contains("column 'label', row 7: the label is 0.5", Failure(With(good, label: i => i == 7 ? 0.5f : i % 2)), StringComparison.Ordinal);
        Assert.Contains("example 3: 'label' is NaN", Assert.Throws<ArgumentException>(() => With(good, label: i => i == 3 ? float.NaN : i % 2)).Message, StringComparison.Ordinal);
        Assert.Contains("id 30 of 'b' is not below 30", Assert.Throws<ArgumentException>(() => With(good, id: i => i == 5 ? 30 : 1)).Message, StringComparison.Ordinal);
        using var model = Model();
        var report = new GraphTrainer(new GraphTrainerOptions { Epochs = 1, Threads = 1 }).Train(model, With(good, id: i => i % 2 == 0 ? 4 : i % 7));
        Assert.Equal(["column 'a': the feature is 4 in all 50 rows of the training part: nothing can be learnt from it"], report.Warnings);
        var other = new ExampleLayout { Fields = [new("a", 30), new("c", 30)] };
        Assert.Throws<ArgumentException>(() => new GraphTrainer().Train(model, new ExampleTable(other, 2, [1, 2, 3, 4], [], [], [0, 1])));

        string Failure(ExampleTable examples)
        {
            using var graph = Model();
            return Assert.Throws<TrainingDataException>(() => new GraphTrainer().Train(graph, examples)).Message;
        }
    }

    [Fact]
    public void Progress_says_where_training_is()
    {
        var examples = Examples(200);
        using var model = Model();
        var seen = new List<GraphTrainingProgress>();
        new GraphTrainer(new GraphTrainerOptions { Epochs = 2, Threads = 1, Patience = 0 }).Train(model, examples, examples, progress: new Recorder(seen));
        Assert.Equal([1, 2], seen.Select(progress => progress.Epoch).Distinct());
        Assert.All(seen, progress => Assert.True(progress.Loss > 0 && progress.ExamplesPerSecond > 0));
    }

    private static float[] Trained(ExampleTable examples, int threads, int seed = 1)
    {
        using var model = Model(seed);
        new GraphTrainer(new GraphTrainerOptions { Epochs = 2, BatchSize = 64, Threads = threads, Seed = seed }).Train(model, examples);
        return Values(model);
    }

    private static ModelGraph Model(int seed = 1) => new DeepFm { Dimensions = 4, Layers = [8], Dropout = 0.1f }.Build(Examples(1).Layout, seed);

    private static float[] Values(ModelGraph model) => [.. model.Parameters.SelectMany(parameter => parameter.Span.ToArray())];

    private static ExampleTable Examples(int count, int seed = 4, bool isRandom = false)
    {
        var random = new Random(seed);
        var ids = Enumerable.Range(0, 2 * count).Select(_ => random.Next(30)).ToArray();
        return new ExampleTable(
            new ExampleLayout { Fields = [new("a", 30), new("b", 30)] },
            count,
            ids,
            [],
            [],
            [.. Enumerable.Range(0, count).Select(i => (float)(isRandom ? random.Next(2) : (ids[2 * i] + ids[(2 * i) + 1]) & 1))]);
    }

    private static ExampleTable With(ExampleTable good, int? count = null, Func<int, float>? label = null, Func<int, int>? id = null)
    {
        var n = count ?? good.Count;
        return new ExampleTable(
            good.Layout,
            n,
            [.. good.Ids.Take(2 * n).Select((old, i) => id?.Invoke(i) ?? old)],
            [],
            [],
            [.. good.Labels.Take(n).Select((old, i) => label?.Invoke(i) ?? old)]);
    }

    private sealed class Recorder(List<GraphTrainingProgress> seen) : IProgress<GraphTrainingProgress>
    {
        public void Report(GraphTrainingProgress value) => seen.Add(value);
    }
}
