using Siskin.Models.Graph;
using Siskin.Models.Graph.Operators;
using Siskin.Models.Graph.Optimizers;

namespace Siskin.Tests.Models.Graph;

public sealed unsafe class RecurrentOperatorTests
{
    // Numbers that torch.nn.GRU(2, 3) was given too; there i counts rows of 3h × d.
    private static readonly float[] Elements = [1, -2, 0.5f, 0.25f, -1.5f, 1];
    private static readonly float[] States = [0.2309290f, -0.3843566f, -0.1432884f, 0.1583039f, -0.1487293f, -0.2374941f, -0.5778733f, 0.0273809f, 0.0142971f];

    [Theory]
    [InlineData(3)]
    [InlineData(17)]
    public void Gru_and_last_element_have_the_gradients_of_their_loss(int hidden) => GradientCheck.Check(
        g =>
        {
            var history = g.EmbedSequence(g.Table("items", 5, 3), "history");
            var states = g.Gru(g.Gru(history, hidden), 4);
            return g.Dense(g.Concat(g.Last(states), g.SumPool(states), g.Last(history)), 1);
        },
        4e-3f);

    [Theory]
    [InlineData(3)]
    [InlineData(17)]
    public void Attentional_gru_has_the_gradients_of_its_loss(int hidden) => GradientCheck.Check(
        g =>
        {
            var items = g.Table("items", 5, 3);
            var history = g.EmbedSequence(items, "history");
            var weights = g.Softmax(g.RowDot(history, g.Repeat(g.Embed((items, "item")), "history")));
            return g.Dense(g.Concat(g.Last(g.AttentionalGru(history, weights, hidden)), g.WeightedPool(weights, history)), 1);
        },
        4e-3f);

    [Fact]
    public void Max_pool_has_the_gradients_of_its_loss() => GradientCheck.Check(g =>
    {
        var history = g.EmbedSequence(g.Table("items", 5, 3), "history");
        return g.Dense(g.Concat(g.MaxPool(history), g.MeanPool(history), g.MaxPool(g.Dense(history, 17, Activation.Tanh))), 1);
    });

    [Fact]
    public void Probability_product_has_the_gradients_of_its_loss() => GradientCheck.Check(g =>
    {
        var x = g.Concat(g.Embeddings(3), g.Numbers());
        var y = g.Dense(x, 1);
        return g.Sum(g.ProbabilityProduct(y, g.Dense(x, 1)), y);
    });

    [Fact]
    public void Next_element_entropy_has_the_gradients_of_its_loss()
    {
        // The history stands for its own negatives, read by another table.
        var g = new GraphBuilder("auxiliary", GradientCheck.Layout, 3);
        var history = g.EmbedSequence(g.Table("items", 5, 3), "history");
        var states = g.Gru(history, 3);
        g.NextElementEntropy(states, history, g.EmbedSequence(g.Table("others", 5, 3), "history"), 0.7f);
        var logit = g.Dense(g.Last(states), 1);
        g.BinaryCrossEntropy(logit);
        using var graph = g.Build(logit);
        GradientCheck.Check(graph);
    }

    [Fact]
    public void Next_element_entropy_is_the_mean_over_all_elements_but_the_last()
    {
        var examples = GradientCheck.Examples();
        var g = new GraphBuilder("auxiliary", examples.Layout, 3);
        var (elements, negatives) = (g.EmbedSequence(g.Table("items", 5, 3), "history"), g.EmbedSequence(g.Table("others", 5, 3), "history"));
        var states = g.EmbedSequence(g.Table("states", 5, 3), "history");
        g.NextElementEntropy(states, elements, negatives, 0.7f);
        using var graph = g.Build();
        var (items, others, kept) = (Randomized(graph, "items", 1), Randomized(graph, "others", 2), Randomized(graph, "states", 3));
        var expected = 0.0;
        for (var i = 0; i < examples.Count; i++)
        {
            var ids = examples.Sequences[0][i];
            for (var t = 0; t + 1 < ids.Length; t++)
            {
                var (positive, negative) = (Dot(kept, ids[t], items, ids[t + 1]), Dot(kept, ids[t], others, ids[t + 1]));
                expected += 0.7 * (Math.Log(1 + Math.Exp(-positive)) + Math.Log(1 + Math.Exp(negative))) / (ids.Length - 1) / examples.Count;
            }
        }

        using var step = new TrainingStep(graph, examples, new Sgd(0.1f), examples.Count, 2);
        Assert.Equal(expected, step.Run(Enumerable.Range(0, examples.Count).ToArray(), 0), 1e-5);

        static double Dot(float[] a, int i, float[] b, int j) => Enumerable.Range(0, 3).Sum(k => (double)a[(3 * i) + k] * b[(3 * j) + k]);
    }

    [Fact]
    public void Negatives_of_another_length_are_refused_in_training_and_not_missed_in_scoring()
    {
        var layout = new ExampleLayout { Sequences = [new("history", 4, 3), new("negatives", 4, 3)] };
        var g = new GraphBuilder("auxiliary", layout);
        var items = g.Table("items", 4, 2);
        var history = g.EmbedSequence(items, "history");
        g.NextElementEntropy(history, history, g.EmbedSequence(items, "negatives"));
        Assert.Contains("two losses", Assert.Throws<ArgumentException>(() => g.Build()).Message, StringComparison.Ordinal);

        g = new GraphBuilder("auxiliary", layout);
        items = g.Table("items", 4, 2);
        history = g.EmbedSequence(items, "history");
        var states = g.Gru(history, 2);
        g.NextElementEntropy(states, history, g.EmbedSequence(items, "negatives"));
        var logit = g.Dense(g.Last(states), 1);
        g.BinaryCrossEntropy(logit);
        using var graph = g.Build(logit);
        var examples = new ExampleTable(layout, 2, [], [], [new IdSequences([0, 2, 3], [1, 2, 3]), new IdSequences([0, 0, 0], [])], [0, 1]);
        using var step = new TrainingStep(graph, examples, new Sgd(1), 2, 1);
        Assert.Contains("'negatives'", Assert.Throws<ArgumentException>(() => step.Run(new[] { 0, 1 })).Message, StringComparison.Ordinal);
        using var scorer = new GraphScorer(graph, 1);
        var scores = new float[2];
        scorer.Score(examples, scores);
        Assert.All(scores, score => Assert.True(float.IsFinite(score) && score != 0));
    }

    [Fact]
    public void Gru_gives_the_numbers_of_pytorch()
    {
        // Examples are the prefixes of one sequence, shortest in the middle, so that last states are all states.
        var graph = Golden(augmented: false, out var examples);
        using (graph)
        {
            using var scorer = new GraphScorer(graph, 1);
            var scores = new float[4 * 3];
            scorer.Score(examples, scores);
            Assert.Equal([.. States[3..6], .. States[..3], 0, 0, 0, .. States[6..]], scores, (a, b) => MathF.Abs(a - b) < 2e-7f);
        }
    }

    [Fact]
    public void Gru_has_the_gradients_of_pytorch()
    {
        // Of log(1 + exp(−Σ of the last state)) for the longest example.
        using var graph = Golden(augmented: false, out var examples);
        var before = graph.Parameters.Select(parameter => parameter.Span.ToArray()).ToArray();
        using var step = new TrainingStep(graph, examples, new Sgd(1), 4, 1);
        Assert.Equal(0.9967604875564575, step.Run(new[] { 3 }), 1e-6);
        float[][] expected =
        [
            [0, 0, 0.0588468f, -0.0052176f, 0.0999050f, -0.0092063f, -0.0647225f, 0.0825219f],
            [-0.0123626f, 0.0150739f, -0.0061935f, 0.1428516f, -0.0966302f, -0.1610056f, 0.2962337f, 0.2176159f, 0.0827741f,
             0.0082100f, -0.0167336f, 0.0062403f, -0.0864171f, 0.1116287f, 0.1130016f, -0.2006592f, -0.1672249f, 0.0063255f],
            [0.0012893f, -0.0058323f, 0.0035402f, -0.0157425f, 0.0206884f, 0.0098220f, -0.0166581f, -0.0380909f, -0.0585894f,
             -0.0012022f, 0.0079005f, -0.0048757f, 0.0147744f, -0.0266568f, -0.0058170f, 0.0155713f, 0.0488616f, 0.0790318f,
             -0.0019453f, 0.0058118f, -0.0034305f, 0.0236369f, -0.0222754f, -0.0188750f, 0.0250873f, 0.0412774f, 0.0587873f],
            [0.0081693f, -0.0315218f, 0.0205831f, -0.1060599f, 0.0943642f, 0.0582301f, -0.1906637f, -0.4128681f, -0.6146574f],
            [0.0081693f, -0.0315218f, 0.0205831f, -0.1060599f, 0.0943642f, 0.0582301f, -0.1042359f, -0.2190674f, -0.3742930f],
        ];
        for (var p = 0; p < expected.Length; p++)
        {
            var gradients = before[p].Zip(graph.Parameters[p].Span.ToArray(), (old, now) => old - now);
            Assert.Equal(expected[p], gradients, (a, b) => MathF.Abs(a - b) < 5e-7f);
        }
    }

    [Fact]
    public void Attentional_gru_with_weights_of_one_is_the_gru()
    {
        using var graph = Golden(augmented: true, out var examples);
        using var scorer = new GraphScorer(graph, 1);
        var scores = new float[4 * 3];
        scorer.Score(examples, scores);

        // Weights are σ(50) = 1.
        Assert.Equal([.. States[3..6], .. States[..3], 0, 0, 0, .. States[6..]], scores, (a, b) => MathF.Abs(a - b) < 2e-7f);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(37)]
    public void The_fast_step_is_the_plain_one(int h)
    {
        var random = new Random(h);
        float[][] Make() => [Numbers(3 * h), Numbers(3 * h), Numbers(3 * h), Numbers(3 * h), Numbers(h), Numbers(h), Numbers(h)];
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * 6)];
        var fast = Make();
        var plain = fast.Select(part => part.ToArray()).ToArray();
        fixed (float* gates = fast[0], recurrent = fast[1], b = fast[2], c = fast[3], previous = fast[4], state = fast[5], before = fast[6])
        fixed (float* plainGates = plain[0], plainRecurrent = plain[1], plainPrevious = plain[4], plainState = plain[5], plainBefore = plain[6])
        {
            GruCell.Forward(gates, recurrent, b, c, previous, 0.6f, state, h);
            GruCell.ForwardReference(plainGates, plainRecurrent, b, c, plainPrevious, 0.6f, plainState, h, 0);
            Equal();
            var slope = GruCell.Backward(gates, recurrent, previous, 0.6f, state, before, h);
            var plainSlope = GruCell.BackwardReference(plainGates, plainRecurrent, plainPrevious, 0.6f, plainState, plainBefore, h, 0);
            Assert.Equal(plainSlope, slope, 1e-4f);
            Equal();
        }

        void Equal()
        {
            for (var part = 0; part < fast.Length; part++)
            {
                Assert.Equal(plain[part], fast[part], (a, b) => MathF.Abs(a - b) < 2e-6f);
            }
        }
    }

    [Fact]
    public void Time_order_puts_the_longest_first_in_each_step()
    {
        var order = new TimeOrder();
        order.Set([0, 1, 1, 4, 6]);
        Assert.Equal([1, 4, 0, 2, 5, 3], order.Elements.ToArray());
        Assert.Equal((3, 6), (order.Steps, order.Rows));
        Assert.Equal([0, 3, 5, 6], Enumerable.Range(0, 4).Select(order.Start));
        Assert.Equal([3, 2, 1, 0], Enumerable.Range(0, 4).Select(order.Active));
        order.Set([0, 0, 0]);
        Assert.Equal((0, 0, 0), (order.Steps, order.Rows, order.Active(0)));
    }

    [Fact]
    public void Max_pool_is_zero_without_elements_and_gives_the_gradient_to_the_first_of_equal_ones()
    {
        var layout = new ExampleLayout { Sequences = [new("history", 3, 3)] };
        var g = new GraphBuilder("max", layout);
        var logit = g.RowSum(g.MaxPool(g.EmbedSequence(g.Table("items", 3, 2), "history")));
        g.BinaryCrossEntropy(logit);
        using var graph = g.Build(logit);
        float[] values = [-3, 5, -2, 5, -4, 1];
        values.CopyTo(new Span<float>(graph.Parameters[0].Values, 6));
        var examples = new ExampleTable(layout, 2, [], [], [new IdSequences([0, 0, 3], [2, 0, 1])], [1, 0]);
        using var scorer = new GraphScorer(graph, 1);
        var scores = new float[2];
        scorer.Score(examples, scores);
        Assert.Equal([0f, 3], scores);
        using var step = new TrainingStep(graph, examples, new Sgd(1), 2, 1);
        step.Run(new[] { 1 });
        var slope = 1 / (1 + MathF.Exp(-3));
        Assert.Equal([-3, 5 - slope, -2 - slope, 5, -4, 1], graph.Parameters[0].Span.ToArray(), (a, b) => MathF.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void Probability_product_is_the_logit_of_the_product_and_stays_finite()
    {
        var layout = new ExampleLayout { Numbers = ["a", "b"] };
        var g = new GraphBuilder("both", layout);
        var numbers = g.Numbers();
        var both = g.Sum(g.ProbabilityProduct(g.Slice(numbers, 0, 1), g.Slice(numbers, 1, 1)), g.Bias());
        g.BinaryCrossEntropy(both);
        using var graph = g.Build(both);
        float[] logits = [0.3f, -1.2f, 2, 4, 100, -3, -200, -300];
        using var scorer = new GraphScorer(graph, 1);
        var scores = new float[4];
        scorer.Score(new ExampleTable(layout, 4, [], logits, [], [0, 0, 1, 1]), scores);
        for (var i = 0; i < 2; i++)
        {
            var p = 1 / (1 + Math.Exp(-logits[2 * i])) / (1 + Math.Exp(-logits[(2 * i) + 1]));
            Assert.Equal(Math.Log(p / (1 - p)), scores[i], 1e-5);
        }

        Assert.Equal([-3f, -500], scores[2..]);
    }

    [Fact]
    public void Blocks_and_threads_change_nothing_but_rounding_and_a_run_repeats_to_the_last_bit()
    {
        var examples = Many(90);
        var (one, again, three) = (Trained(examples, 1, 0), Trained(examples, 1, 0), Trained(examples, 3, 0));
        Assert.Equal(one, again);
        Assert.Equal(three, Trained(examples, 3, 0));
        Assert.Equal(one, three, (a, b) => MathF.Abs(a - b) < 2e-5f);

        // A layer that is batch-wide puts all examples of a thread into one block.
        Assert.Equal(one, Trained(examples, 1, 1), (a, b) => MathF.Abs(a - b) < 2e-5f);
    }

    private static float[] Trained(ExampleTable examples, int threads, int wideLayers)
    {
        var g = new GraphBuilder("gru", examples.Layout, 3);
        var items = g.Table("items", 9, 16);
        var history = g.EmbedSequence(items, "history");
        var weights = g.Softmax(g.RowDot(history, g.Repeat(g.Embed((items, "item")), "history")));
        var logit = g.Dense(g.Last(g.AttentionalGru(g.Gru(history, 16), weights, 32)), 1);
        g.BinaryCrossEntropy(logit);
        var kept = logit;
        for (var i = 0; i < wideLayers; i++)
        {
            // Its loss has no weight.
            var other = g.BatchNorm(g.Bias());
            g.BinaryCrossEntropy(other, weight: 0);
            kept = g.Sum(kept, g.Scale(other, 0));
        }

        using var graph = g.Build(kept);
        using var step = new TrainingStep(graph, examples, new Sgd(0.5f), examples.Count, threads);
        for (var i = 0; i < 5; i++)
        {
            step.Run(Enumerable.Range(0, examples.Count).ToArray());
        }

        return [.. graph.Parameters.Where(parameter => !parameter.Name.StartsWith("batch", StringComparison.Ordinal) && parameter.Name != "bias").SelectMany(parameter => parameter.Span.ToArray())];
    }

    private static ExampleTable Many(int count)
    {
        var random = new Random(4);
        var offsets = new int[count + 1];
        for (var i = 0; i < count; i++)
        {
            offsets[i + 1] = offsets[i] + random.Next(8);
        }

        return new ExampleTable(
            new ExampleLayout { Fields = [new("item", 9)], Sequences = [new("history", 9, 8)] },
            count,
            [.. Enumerable.Range(0, count).Select(_ => random.Next(9))],
            [],
            [new IdSequences(offsets, [.. Enumerable.Range(0, offsets[count]).Select(_ => random.Next(9))])],
            [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(2))]);
    }

    private static ModelGraph Golden(bool augmented, out ExampleTable examples)
    {
        var layout = new ExampleLayout { Sequences = [new("history", 4, 3)] };
        examples = new ExampleTable(layout, 4, [], [], [new IdSequences([0, 2, 3, 3, 6], [1, 2, 1, 1, 2, 3])], [1, 1, 1, 1]);
        var g = new GraphBuilder("golden", layout);
        var history = g.EmbedSequence(g.Table("items", 4, 2), "history");
        var states = augmented ? null : g.Gru(history, 3);
        if (states is null)
        {
            var table = g.Table("weights", 4, 1);
            states = g.AttentionalGru(history, g.Activate(g.EmbedSequence(table, "history"), Activation.Sigmoid), 3, name: "gru");
        }

        var last = g.Last(states);
        g.BinaryCrossEntropy(g.RowSum(last));
        var graph = g.Build(g.Slice(last, 0, 1), g.Slice(last, 1, 1), g.Slice(last, 2, 1));
        foreach (var parameter in graph.Parameters)
        {
            for (var i = 0; i < parameter.Length; i++)
            {
                var (row, column) = (i / parameter.Columns, i % parameter.Columns);
                parameter.Values[i] = parameter.Name switch
                {
                    "items" => row == 0 ? 0 : Elements[i - 2],
                    "weights" => 50,
                    "gru.input" => ((((column * 7) + (row * 3)) % 11) - 5) / 10f,
                    "gru.recurrent" => ((((column * 5) + (row * 4)) % 13) - 6) / 12f,
                    "gru.inputBias" => (((column * 3) % 7) - 3) / 20f,
                    _ => (((column * 2) % 5) - 2) / 15f,
                };
            }
        }

        return graph;
    }

    private static float[] Randomized(ModelGraph graph, string name, int seed)
    {
        var random = new Random(seed);
        var parameter = graph.Parameters.Single(parameter => parameter.Name == name);
        for (var i = 0; i < parameter.Length; i++)
        {
            parameter.Values[i] = (random.NextSingle() * 2) - 1;
        }

        return parameter.Span.ToArray();
    }
}
