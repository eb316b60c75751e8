using Siskin.Models.Graph;
using Siskin.Models.Graph.Optimizers;

namespace Siskin.Tests.Models.Graph;

/// <summary>Compares the gradients of all parameters of a small graph with differences of its loss.</summary>
internal static unsafe class GradientCheck
{
    private const int MostPerParameter = 12;

    // From far to near: a bend of ReLU may lie between two points, but then not between two that are nearer.
    private static readonly float[] Differences = [1e-2f, 1e-3f, 2e-4f];

    /// <summary>Two categorical fields of five ids, two numbers, a history of up to four ids of five (some empty), a label.</summary>
    public static ExampleLayout Layout { get; } = new()
    {
        Fields = [new("item", 5), new("user", 5)],
        Numbers = ["age", "price"],
        Sequences = [new("history", 5, 4)],
    };

    public static ExampleTable Examples(int count = 12, int seed = 5)
    {
        var random = new Random(seed);
        var offsets = new int[count + 1];
        for (var i = 0; i < count; i++)
        {
            offsets[i + 1] = offsets[i] + (i % 5);
        }

        return new ExampleTable(
            Layout,
            count,
            [.. Enumerable.Range(0, 2 * count).Select(_ => random.Next(5))],
            [.. Enumerable.Range(0, 2 * count).Select(_ => (random.NextSingle() * 2) - 1)],
            [new IdSequences(offsets, [.. Enumerable.Range(0, offsets[count]).Select(_ => random.Next(5))])],
            [.. Enumerable.Range(0, count).Select(i => (float)(i % 2))],
            [.. Enumerable.Range(0, count).Select(i => i / 3)]);
    }

    /// <summary>Builds a graph that ends in a logit and checks it, on one thread and on three.</summary>
    public static void Check(Func<GraphBuilder, Node> logit, float tolerance = 2e-3f)
    {
        var g = new GraphBuilder("checked", Layout, 3);
        var output = logit(g);
        g.BinaryCrossEntropy(output);
        Check(g.Build(output), tolerance);
    }

    /// <summary>Checks a graph with a loss.</summary>
    public static void Check(ModelGraph graph, float tolerance = 2e-3f)
    {
        var examples = Examples();
        var random = new Random(9);
        foreach (var parameter in graph.Parameters)
        {
            // Starting values near zero would hide most gradients.
            for (var i = 0; i < parameter.Length; i++)
            {
                parameter.Values[i] += (random.NextSingle() - 0.5f) * 0.8f;
            }
        }

        var rows = Enumerable.Range(0, examples.Count).ToArray();
        foreach (var threads in new[] { 1, 3 })
        {
            using var step = new TrainingStep(graph, examples, new Sgd(1), rows.Length, threads);
            var before = graph.Parameters.Select(parameter => parameter.Span.ToArray()).ToArray();
            Step(1);
            var gradients = graph.Parameters.Select((parameter, p) => before[p].Zip(parameter.Span.ToArray(), (old, now) => old - now).ToArray()).ToArray();
            Restore();
            Assert.Contains(gradients, gradient => gradient.Any(value => MathF.Abs(value) > 1e-4));
            for (var p = 0; p < before.Length; p++)
            {
                var parameter = graph.Parameters[p];
                if (parameter.Kind == ParameterKind.Statistics || parameter.Settings.Optimizer is not null)
                {
                    continue;
                }

                for (var i = 0; i < before[p].Length; i += Math.Max(1, before[p].Length / MostPerParameter))
                {
                    var slope = 0.0;
                    foreach (var difference in Differences)
                    {
                        slope = Slope(parameter, i, difference);
                        if (IsClose(slope, gradients[p][i]))
                        {
                            break;
                        }
                    }

                    Assert.True(IsClose(slope, gradients[p][i]), $"{graph.Name}, {parameter.Name}[{i}], {threads} threads: gradient {gradients[p][i]}, difference {slope}");
                }
            }

            bool IsClose(double slope, float gradient) => Math.Abs(slope - gradient) <= tolerance * (1 + Math.Abs(slope));

            double Slope(Parameter parameter, int i, float difference) =>
                (Loss(parameter, i, difference) - Loss(parameter, i, -difference)) / (2 * difference);

            double Loss(Parameter parameter, int i, float change)
            {
                parameter.Values[i] += change;
                var loss = Step(0);
                Restore();
                return loss;
            }

            // The same step each time, for what is drawn at random.
            double Step(float rate)
            {
                step.Steps = 0;
                return step.Run(rows, rate);
            }

            void Restore()
            {
                for (var p = 0; p < before.Length; p++)
                {
                    before[p].CopyTo(new Span<float>(graph.Parameters[p].Values, before[p].Length));
                }
            }
        }
    }
}
