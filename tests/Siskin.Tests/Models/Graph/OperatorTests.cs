using Siskin.Models.Graph;
using Siskin.Models.Graph.Optimizers;

namespace Siskin.Tests.Models.Graph;

public sealed class OperatorTests
{
    [Theory]
    [InlineData(Activation.None)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Sigmoid)]
    [InlineData(Activation.Tanh)]
    public void Dense_layers_have_the_gradients_of_their_loss(Activation activation) =>
        GradientCheck.Check(g => g.Dense(g.Dense(g.Concat(g.Embeddings(3), g.Numbers()), 21, activation), 1));

    [Fact]
    public void Linear_part_and_factorisation_machine_have_the_gradients_of_their_loss()
    {
        GradientCheck.Check(g => g.Sum(g.Wide(), g.FactorizationMachine(g.Embeddings(3), 3)));
        GradientCheck.Check(g => g.FactorizationMachine(g.Embeddings(19), 19));
    }

    [Fact]
    public void A_node_that_several_operators_read_gets_all_their_gradients() => GradientCheck.Check(g =>
    {
        var x = g.Embeddings(4);
        var y = g.Dense(x, 5, Activation.Tanh);
        return g.Sum(g.Dense(g.Concat(y, x), 1), g.Dense(g.Sum(y, y), 1), g.FactorizationMachine(x, 4), g.RowSum(y));
    });

    [Fact]
    public void Target_comparison_and_weighted_pool_have_the_gradients_of_their_loss() => GradientCheck.Check(g =>
    {
        var items = g.Table("items", 5, 3);
        var target = g.Embed((items, "item"));
        var history = g.EmbedSequence(items, "history");
        var weights = g.Dense(g.ParametricRelu(g.Dense(g.TargetComparison(history, target), 4)), 1);
        return g.Dense(g.Concat(g.WeightedPool(weights, history), target), 1);
    });

    [Fact]
    public void Element_wise_operators_have_the_gradients_of_their_loss() => GradientCheck.Check(g =>
    {
        var x = g.Embeddings(3);
        var y = g.Dense(x, 6, Activation.Tanh);
        var z = g.Sum(g.Multiply(x, y), g.Scale(x, -0.7f));
        return g.Sum(g.Dense(g.Slice(z, 1, 4), 1), g.RowDot(z, y), g.RowSum(g.Activate(x, Activation.Sigmoid)));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Cross_layers_have_the_gradients_of_their_loss(int rank) => GradientCheck.Check(g =>
    {
        var x0 = g.Concat(g.Embeddings(2), g.Numbers());
        return g.Dense(g.Cross(x0, g.Cross(x0, x0, rank), rank), 1);
    });

    [Fact]
    public void Field_aware_machine_has_the_gradients_of_its_loss() => GradientCheck.Check(g => g.FieldAwareMachine(g.Embeddings(2 * 3), 2));

    [Fact]
    public void Layer_norm_has_the_gradients_of_its_loss() => GradientCheck.Check(g => g.Dense(g.LayerNorm(g.Dense(g.Concat(g.Embeddings(3), g.Numbers()), 5)), 1), 6e-3f);

    [Fact]
    public void Batch_norm_has_the_gradients_of_its_loss() => GradientCheck.Check(g => g.Dense(g.BatchNorm(g.Dense(g.Concat(g.Embeddings(3), g.Numbers()), 5)), 1), 1e-2f);

    [Fact]
    public void Statistics_of_a_batch_without_elements_stay_as_they_are()
    {
        var g = new GraphBuilder("empty", GradientCheck.Layout, 3);
        var elements = g.BatchNorm(g.EmbedSequence(g.Table("history", 5, 3), "history"));
        var logit = g.Dense(g.MeanPool(elements), 1);
        g.BinaryCrossEntropy(logit);
        using var graph = g.Build(logit);
        var examples = GradientCheck.Examples();
        using var step = new TrainingStep(graph, examples, new Sgd(0.1f), examples.Count, threads: 2);
        step.Run(Enumerable.Range(0, examples.Count).ToArray());
        var before = Statistics();
        step.Run(new[] { 0 });
        Assert.Empty(examples.Sequences[0][0].ToArray());
        Assert.Equal(before, Statistics());

        float[] Statistics() => graph.Parameters.Single(parameter => parameter.Kind == ParameterKind.Statistics).Span.ToArray();
    }

    [Fact]
    public void A_row_of_zeros_has_no_direction_to_learn()
    {
        var g = new GraphBuilder("zero", GradientCheck.Layout, 3);
        var vectors = g.Normalize(g.Dense(g.SumPool(g.EmbedSequence(g.Table("history", 5, 3), "history")), 4, name: "tower"));
        var logit = g.RowSum(vectors);
        g.BinaryCrossEntropy(logit);
        using var graph = g.Build(logit);
        var examples = GradientCheck.Examples();
        using var step = new TrainingStep(graph, examples, new Sgd(1), 1, threads: 1);
        var before = graph.Parameters.Select(parameter => parameter.Span.ToArray()).ToArray();
        Assert.Equal(Math.Log(2), step.Run(new[] { 0 }), 1e-6);
        Assert.Equal(before, graph.Parameters.Select(parameter => parameter.Span.ToArray()));
        step.Run(new[] { 1 });
        Assert.NotEqual(before, graph.Parameters.Select(parameter => parameter.Span.ToArray()));
    }

    [Fact]
    public void Dice_has_the_gradients_of_its_loss() => GradientCheck.Check(g => g.Dense(g.Dice(g.Dense(g.Concat(g.Embeddings(3), g.Numbers()), 5)), 1), 6e-3f);

    [Fact]
    public void Mixture_of_experts_has_the_gradients_of_its_loss() => GradientCheck.Check(g =>
    {
        var x = g.Concat(g.Embeddings(3), g.Numbers());
        var gates = g.Softmax(g.Dense(x, 3));
        return g.Dense(g.Mixture(gates, g.Dense(x, 4, Activation.Tanh), g.Dense(x, 4, Activation.Tanh), g.Dense(x, 4, Activation.Sigmoid)), 1);
    });

    [Fact]
    public void Pools_repeats_and_softmax_over_elements_have_the_gradients_of_their_loss() => GradientCheck.Check(g =>
    {
        var items = g.Table("items", 5, 3);
        var target = g.Embed((items, "item"));
        var history = g.EmbedSequence(items, "history");
        var weights = g.Softmax(g.RowDot(history, g.Repeat(target, "history")));
        return g.Dense(g.Concat(g.WeightedPool(weights, history), g.MeanPool(history), g.SumPool(history), target), 1);
    });
}
