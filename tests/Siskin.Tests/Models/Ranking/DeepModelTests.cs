using Siskin.Models.Graph;
using Siskin.Models.Graph.Optimizers;
using Siskin.Models.Ranking.Deep;
using Siskin.Models.Training;
using Siskin.Tests.Models.Graph;

namespace Siskin.Tests.Models.Ranking;

public sealed class DeepModelTests
{
    private static readonly Dictionary<string, Func<ExampleLayout, ModelGraph>> Models = new(StringComparer.Ordinal)
    {
        ["FM"] = layout => new FactorizationMachineModel { Dimensions = 4 }.Build(layout),
        ["FFM"] = layout => new FieldAwareMachineModel().Build(layout),
        ["EmbeddingMLP"] = layout => new EmbeddingMlp { Dimensions = 4, Layers = [16, 8] }.Build(layout),
        ["Wide&Deep"] = layout => new WideAndDeep { Dimensions = 4, Layers = [16, 8] }.Build(layout),
        ["DeepFM"] = layout => new DeepFm { Dimensions = 4, Layers = [16, 8] }.Build(layout),
        ["NeuralCF"] = layout => new NeuralCf { User = "user", Item = "item", Dimensions = 4, Layers = [16, 8] }.Build(layout),
        ["DCN-v2"] = layout => new DcnV2 { Dimensions = 4, Layers = [16, 8] }.Build(layout),
        ["DCN-v2 of low rank"] = layout => new DcnV2 { Dimensions = 4, Layers = [16], Rank = 2 }.Build(layout),
        ["FinalMLP"] = layout => new FinalMlp { Dimensions = 4, FirstLayers = [16], SecondLayers = [12], Heads = 2, GateWidth = 8 }.Build(layout),
        ["DIN"] = layout => new Din { Target = "item", History = "history", Dimensions = 4, AttentionLayers = [8], Layers = [16, 8] }.Build(layout),
        ["DIEN"] = layout => new Dien { Target = "item", History = "history", Negatives = "history", Dimensions = 4, Hidden = 4, AuxiliaryWeight = 0.1f, Layers = [16, 8] }.Build(layout),
        ["DIEN with Dice"] = layout => new Dien { Target = "item", History = "history", Dimensions = 4, Hidden = 6, Layers = [16, 8], HasDice = true }.Build(layout),
        ["SharedBottom"] = layout => new SharedBottom { Dimensions = 4, Layers = [16], TowerLayers = [8] }.Build(layout),
        ["MMoE"] = layout => new Mmoe { Dimensions = 4, Experts = 3, ExpertLayers = [8], TowerLayers = [8] }.Build(layout),
    };

    public static TheoryData<string> Names => [.. Models.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_are_those_of_the_loss(string name)
    {
        using var graph = Models[name](GradientCheck.Layout);
        GradientCheck.Check(graph, 4e-3f);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_checkerboard_is_learned(string name)
    {
        // The label is 1 where item and user are both even or both odd: no sum of weights can tell.
        var layout = GradientCheck.Layout;
        var random = new Random(3);
        const int count = 600;
        var ids = Enumerable.Range(0, 2 * count).Select(_ => random.Next(5)).ToArray();
        var examples = new ExampleTable(
            layout,
            count,
            ids,
            [.. Enumerable.Range(0, 2 * count).Select(_ => random.NextSingle() - 0.5f)],
            [new IdSequences([.. Enumerable.Range(0, count + 1).Select(i => 2 * i)], [.. Enumerable.Range(0, 2 * count).Select(_ => random.Next(5))])],
            [.. Enumerable.Range(0, count).Select(i => (float)((ids[2 * i] + ids[(2 * i) + 1] + 1) & 1))]);
        using var graph = Models[name](layout);
        new GraphTrainer(new GraphTrainerOptions { Epochs = 60, BatchSize = 60, Optimizer = new Adam(0.02f), Threads = 1 }).Train(graph, examples);
        using var scorer = new GraphScorer(graph, 1);
        Assert.True(GraphTrainer.Validate(scorer, graph, examples).Auc > 0.99, name);
    }

    [Fact]
    public void Logistic_regression_by_ftrl_has_the_steps_of_the_paper_and_leaves_out_what_does_not_count()
    {
        var optimizer = new Ftrl(alpha: 0.1f, beta: 1, l1: 0.5f, l2: 1);
        float[] gradients = [-0.5f, -2, 1.5f, -0.25f];
        float[] weights = [0, 0.06326005f, 0.02215864f, 0.028986f];
        float[] z = [-0.5f, -2.5f, -1.30868182f, -1.56139137f];
        float[] n = [0.25f, 4.25f, 6.5f, 6.5625f];
        float[] values = [0, 0, 0];
        for (var step = 0; step < gradients.Length; step++)
        {
            unsafe
            {
                fixed (float* p = values, g = &gradients[step])
                {
                    optimizer.Apply(new ParameterUpdate { Values = p, Gradients = g, First = p + 1, Second = p + 2, Count = 1, Rates = optimizer.Prepare(step + 1, 1, ParameterSettings.Default), Scale = 1 });
                }
            }

            Assert.Equal(weights[step], values[0], 1e-6f);
            Assert.Equal(z[step], values[1], 1e-6f);
            Assert.Equal(n[step], values[2], 1e-6f);
        }

        // Of twenty ids only two say anything.
        var random = new Random(1);
        const int count = 4000;
        var ids = Enumerable.Range(0, count).Select(_ => random.Next(20)).ToArray();
        var examples = new ExampleTable(
            new ExampleLayout { Fields = [new("a", 20)] }, count, ids, [], [], [.. ids.Select(id => (float)(id == 3 ? 1 : id == 4 ? 0 : random.Next(2)))]);
        using var graph = new WideLinear { L1 = 30 }.Build(examples.Layout);
        new GraphTrainer(new GraphTrainerOptions { Epochs = 3, BatchSize = 1, Threads = 1 }).Train(graph, examples);
        var table = graph.Parameters.Single(parameter => parameter.Name == "wide.a").Span;
        Assert.True(table[3] > 0.5f && table[4] < -0.5f, $"{table[3]} and {table[4]}");
        Assert.True(table.Count(0f) >= 12, $"{table.Count(0f)} zeros");
    }
}
