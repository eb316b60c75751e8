using Siskin.Models.Factorization;
using Siskin.Models.Interactions;
using Siskin.Models.Retrieval.Propagation;

namespace Siskin.Tests.Models.Retrieval.Propagation;

public sealed unsafe class LightGcnTests
{
    private static readonly LightGcnOptions Small = new() { Dimensions = 12, Layers = 2, Epochs = 40, BatchSize = 100, Negatives = 20 };

    [Theory]
    [InlineData(0, 20)]
    [InlineData(1, 20)]
    [InlineData(3, 20)]
    [InlineData(2, 5000)]
    public void Blocks_are_told_apart(int layers, int negatives) =>
        Assert.InRange(Checkerboard.Recall(LightGcn.Train(Checkerboard.Create().Train, Small with { Layers = layers, Negatives = negatives })), 0.99, 1);

    [Fact]
    public void Threads_change_nothing_and_another_seed_does()
    {
        var (train, _) = Checkerboard.Create();
        var options = Small with { Threads = 1, Epochs = 3 };
        var first = LightGcn.Train(train, options);
        Assert.Equal(first.ItemFactors, LightGcn.Train(train, options with { Threads = 3 }).ItemFactors);
        Assert.NotEqual(first.ItemFactors, LightGcn.Train(train, options with { Seed = 2 }).ItemFactors);
    }

    [Fact]
    public void The_loss_falls_and_vectors_have_the_length_of_the_degree_to_the_exponent()
    {
        var losses = new List<double>();
        var train = Checkerboard.Create().Train;
        var model = LightGcn.Train(train, Small with { PopularityExponent = 0.5f }, new Recorder(losses));
        Assert.Equal(40, losses.Count);
        Assert.True(losses[^1] < 0.5 * losses[0], $"{losses[0]} to {losses[^1]}");
        Assert.All(model.UserFactors.Chunk(12), user => Assert.Equal(1, user.Sum(x => x * x), 1e-5));
        var byItem = train.Transpose();
        Assert.Equal(Enumerable.Range(0, Checkerboard.Items).Select(item => (float)byItem.Row(item).Length), model.ItemFactors.Chunk(12).Select(item => item.Sum(x => x * x)), (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Fact]
    public void An_item_that_nobody_took_has_the_vector_of_zeros()
    {
        var model = LightGcn.Train(InteractionMatrix.FromInteractions([new(0, 0, 1, 0), new(1, 0, 1, 0), new(1, 2, 1, 0)], 2, 3), Small with { Epochs = 2 });
        Assert.All(model.ItemFactors[12..24], value => Assert.Equal(0, value));
        Assert.All(model.ItemFactors[24..], value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(80)]
    public void Propagation_is_the_mean_of_powers_of_the_normalised_matrix(int dimensions)
    {
        var matrix = Checkerboard.Random(7, 9, 0.4, false);
        var graph = new BipartiteGraph(matrix);
        var (source, target, scratch) = (Random(16, dimensions, 1), new PaddedFactors(16, dimensions), new PaddedFactors(16, dimensions));
        graph.Propagate(source, target, scratch, 3, 2, CancellationToken.None);

        var weights = new double[16, 16];
        for (var user = 0; user < 7; user++)
        {
            foreach (var item in matrix.Row(user).Columns)
            {
                weights[user, 7 + item] = weights[7 + item, user] = 1 / Math.Sqrt((double)graph.Degree(user) * graph.Degree(7 + item));
            }
        }

        for (var k = 0; k < dimensions; k++)
        {
            var power = Enumerable.Range(0, 16).Select(node => (double)source.Row(node)[k]).ToArray();
            var sum = (double[])power.Clone();
            for (var layer = 0; layer < 3; layer++)
            {
                power = [.. Enumerable.Range(0, 16).Select(node => Enumerable.Range(0, 16).Sum(other => weights[node, other] * power[other]))];
                sum = [.. sum.Zip(power, (a, b) => a + b)];
            }

            Assert.All(Enumerable.Range(0, 16), node => Assert.Equal(sum[node] / 4, target.Row(node)[k], 1e-5));
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(20)]
    public void Gradients_of_the_loss_are_its_differences(int dimensions)
    {
        const int users = 6;
        const int items = 8;
        var matrix = Checkerboard.Random(users, items, 0.4, false, 3);
        var softmax = new SampledSoftmax(matrix, Small with { Dimensions = dimensions, Negatives = 5, Temperature = 0.5f, Threads = 1 });
        var pairs = Enumerable.Range(0, users).SelectMany(user => matrix.Row(user).Columns.ToArray().Select(item => (user, item))).ToArray();
        var batch = new SoftmaxBatch(pairs.Length);
        batch.Fill(pairs);
        var (vectors, gradients) = (Random(users + items, dimensions, 2), new PaddedFactors(users + items, dimensions));
        softmax.Add(batch, Negatives, vectors, gradients, CancellationToken.None);
        for (var node = 0; node < users + items; node++)
        {
            for (var k = 0; k < dimensions; k++)
            {
                ref var value = ref vectors.Row(node)[k];
                var (start, step) = (value, 1e-2f);
                value = start + step;
                var above = Loss();
                value = start - step;
                var difference = (above - Loss()) / (2 * step);
                value = start;
                Assert.Equal(difference, gradients.Row(node)[k], 2e-4);
            }
        }

        double Loss() => softmax.Add(batch, Negatives, vectors, new PaddedFactors(users + items, dimensions), CancellationToken.None) / pairs.Length;
    }

    [Fact]
    public void Nothing_to_learn_from_and_wrong_options_are_refused()
    {
        Assert.Contains("no interactions", Assert.Throws<ArgumentException>(() => LightGcn.Train(InteractionMatrix.FromInteractions([], 3, 3), Small)).Message);
        Assert.Throws<ArgumentException>(() => LightGcn.Train(Checkerboard.Create().Train, Small with { Temperature = 0 }));
    }

    private static readonly ReadOnlyMemory<int> Negatives = new[] { 1, 3, 4, 6, 7 };

    private static PaddedFactors Random(int count, int dimensions, int seed)
    {
        var random = new Random(seed);
        return new PaddedFactors([.. Enumerable.Range(0, count * dimensions).Select(_ => (random.NextSingle() - 0.5f) / MathF.Sqrt(dimensions))], dimensions);
    }

    private sealed class Recorder(List<double> losses) : IProgress<Siskin.Models.Retrieval.RetrievalProgress>
    {
        public void Report(Siskin.Models.Retrieval.RetrievalProgress value) => losses.Add(value.Loss);
    }
}
