using Siskin.Models.Evaluation;
using Siskin.Models.Graph;
using Siskin.Models.Graph.Optimizers;
using Siskin.Models.Ranking.Deep;
using Siskin.Models.Training;
using Siskin.Tests.Models.Graph;

namespace Siskin.Tests.Models.Ranking;

public sealed class MultiTaskModelTests
{
    private static readonly ExampleLayout Layout = new() { Fields = [new("user", 6), new("item", 6)], Labels = ["click", "conversion"] };

    private static readonly Dictionary<string, Func<ExampleLayout, ModelGraph>> Models = new(StringComparer.Ordinal)
    {
        ["SharedBottom"] = layout => new SharedBottom { Dimensions = 4, Layers = [24], TowerLayers = [8], LossWeights = [1, 2] }.Build(layout),
        ["MMoE"] = layout => new Mmoe { Dimensions = 4, Experts = 3, ExpertLayers = [12], TowerLayers = [8], LossWeights = [1, 2] }.Build(layout),
        ["ESMM"] = layout => new Esmm { Dimensions = 4, Layers = [16, 8], ConversionWeight = 2 }.Build(layout),
    };

    public static TheoryData<string> Names => [.. Models.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_labels_are_learned(string name)
    {
        var (training, test) = (Impressions(1200, 1), Impressions(600, 2));
        using var graph = Models[name](Layout);
        Assert.Equal(2, graph.Outputs.Count);
        new GraphTrainer(new GraphTrainerOptions { Epochs = 40, BatchSize = 60, Optimizer = new Adam(0.01f), Threads = 1 }).Train(graph, training);
        using var scorer = new GraphScorer(graph, 1);
        var scores = new float[2 * test.Count];
        scorer.Score(test, scores);
        for (var head = 0; head < 2; head++)
        {
            var own = Enumerable.Range(0, test.Count).Select(i => scores[(2 * i) + head]).ToArray();
            var labels = Enumerable.Range(0, test.Count).Select(i => test.Labels[(2 * i) + head]).ToArray();
            Assert.True(BinaryMetrics.Auc(own, labels) > 0.98, $"{name}, output {head}: {BinaryMetrics.Auc(own, labels)}");
        }
    }

    [Fact]
    public void Weights_of_losses_count()
    {
        var examples = Impressions(40, 3);
        Assert.Equal(Loss(1, 0) + (3 * Loss(0, 1)), Loss(1, 3), 1e-5);

        double Loss(float click, float conversion)
        {
            using var graph = new SharedBottom { Dimensions = 4, Layers = [8], TowerLayers = [4], LossWeights = [click, conversion] }.Build(Layout);
            using var step = new TrainingStep(graph, examples, new Sgd(1), examples.Count, 1);
            return step.Run(Enumerable.Range(0, examples.Count).ToArray(), 0);
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new SharedBottom { LossWeights = [1] }.Build(Layout));
        Assert.Throws<ArgumentException>(() => new Mmoe { LossWeights = [1, -1] }.Build(Layout));
        Assert.Throws<ArgumentException>(() => new Mmoe { Experts = 1 }.Build(Layout));
        Assert.Throws<ArgumentException>(() => new Esmm().Build(GradientCheck.Layout));
    }

    // A click where user and item are both even or both odd, a conversion after it where they are near each other besides.
    private static ExampleTable Impressions(int count, int seed)
    {
        var random = new Random(seed);
        var ids = Enumerable.Range(0, 2 * count).Select(_ => random.Next(6)).ToArray();
        var labels = new float[2 * count];
        for (var i = 0; i < count; i++)
        {
            var distance = Math.Abs(ids[2 * i] - ids[(2 * i) + 1]);
            labels[2 * i] = distance % 2 == 0 ? 1 : 0;
            labels[(2 * i) + 1] = distance is 0 or 2 ? 1 : 0;
        }

        return new ExampleTable(Layout, count, ids, [], [], labels);
    }
}
