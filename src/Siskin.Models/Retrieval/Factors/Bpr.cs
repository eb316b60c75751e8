using System.Diagnostics;
using Siskin.Models.Interactions;
using Siskin.Models.LinearAlgebra;
using Siskin.Vectors.Kernels;

namespace Siskin.Models.Retrieval.Factors;

/// <summary>Trains user and item vectors so that each user's items score above items that the user did not take.</summary>
/// <remarks>
/// Rendle, Freudenthaler, Gantner and Schmidt-Thieme 2009, "BPR: Bayesian personalized ranking from implicit feedback",
/// with matrix factorisation and uniform negatives. Of triples (u, i, j), i taken by u and j not, it descends
/// −ln σ(u·(i − j)) + ½γ(‖u‖² + ‖i‖² + ‖j‖²). Threads share the vectors without locks (Niu, Recht, Ré and Wright 2011), so
/// that only one thread gives the same result each time. 10·d multiply-adds per triple.
/// </remarks>
public static class Bpr
{
    // A user who took almost everything would be drawn for without end.
    private const int MaxDraws = 64;

    /// <summary>Trains from random vectors.</summary>
    /// <param name="interactions">Users × items; only which are stored counts.</param>
    /// <param name="options">Settings.</param>
    /// <param name="progress">Told after each epoch, on the calling thread, with −ln σ by triple.</param>
    /// <param name="cancellationToken">Stops within a small part of an epoch; what was trained is lost.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or there are no interactions.</exception>
    /// <exception cref="Siskin.Models.Training.TrainingDivergedException">The vectors grew beyond all bounds: the learning rate is too high.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static FactorModel Train(
        InteractionMatrix interactions,
        BprOptions options,
        IProgress<RetrievalProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        OptionsValidation.Check(options);
        if (interactions.Count == 0)
        {
            throw new ArgumentException("there are no interactions to learn from", nameof(interactions));
        }

        var d = options.Dimensions;
        var random = new Random(options.Seed);
        var users = Initialize(interactions.RowCount, options, random);
        var items = Initialize(interactions.ColumnCount, options, random);
        var order = Shuffled(interactions, random);
        var start = Stopwatch.GetTimestamp();
        var workers = RowPartition.Threads(options.Threads);
        var ends = new int[workers];
        for (var worker = 0; worker < workers; worker++)
        {
            ends[worker] = worker + 1;
        }

        for (var epoch = 1; epoch <= options.Epochs; epoch++)
        {
            var rate = options.LearningRate * (1 - (0.99f * (epoch - 1) / options.Epochs));
            var losses = new double[workers];
            random.Shuffle(order);
            RowPartition.Run(ends, workers, cancellationToken, () => 0, (_, worker, _) =>
            {
                var (first, end) = ((int)((long)order.Length * worker / workers), (int)((long)order.Length * (worker + 1) / workers));
                losses[worker] = Descend(interactions, order.AsSpan(first, end - first), users, items, rate, options, new Random(HashCode(options.Seed, epoch, worker)), cancellationToken);
            });
            var loss = 0.0;
            foreach (var part in losses)
            {
                loss += part;
            }

            if (!double.IsFinite(loss))
            {
                throw new Siskin.Models.Training.TrainingDivergedException($"the loss of epoch {epoch} is {loss}: the learning rate {options.LearningRate} is too high");
            }

            progress?.Report(new(epoch, options.Epochs, loss / order.Length, Stopwatch.GetElapsedTime(start)));
        }

        return new FactorModel(d, users, items);
    }

    private static double Descend(
        InteractionMatrix interactions,
        ReadOnlySpan<(int User, int Item)> pairs,
        float[] users,
        float[] items,
        float rate,
        BprOptions options,
        Random random,
        CancellationToken cancellationToken)
    {
        var d = options.Dimensions;
        Span<float> difference = stackalloc float[d];
        Span<float> step = stackalloc float[d];
        var keep = 1 - (rate * options.Regularization);
        var loss = 0.0;
        for (var at = 0; at < pairs.Length; at++)
        {
            if (at % 4096 == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            var (user, item) = pairs[at];
            var taken = interactions.Row(user).Columns;
            var other = random.Next(interactions.ColumnCount);
            for (var draw = 0; taken.BinarySearch(other) >= 0 && draw < MaxDraws; draw++)
            {
                other = random.Next(interactions.ColumnCount);
            }

            var u = users.AsSpan(user * d, d);
            var i = items.AsSpan(item * d, d);
            var j = items.AsSpan(other * d, d);
            i.CopyTo(difference);
            VectorMath.AddScaled(j, -1, difference);
            var score = VectorMath.Dot(u, difference);
            var slope = rate / (1 + MathF.Exp(score));
            u.CopyTo(step);
            Scale(u, keep);
            VectorMath.AddScaled(difference, slope, u);
            Scale(i, keep);
            VectorMath.AddScaled(step, slope, i);
            Scale(j, keep);
            VectorMath.AddScaled(step, -slope, j);
            loss += Math.Max(-score, 0) + Math.Log(1 + Math.Exp(-Math.Abs(score)));
        }

        return loss;
    }

    private static void Scale(Span<float> vector, float factor)
    {
        foreach (ref var value in vector)
        {
            value *= factor;
        }
    }

    private static float[] Initialize(int count, BprOptions options, Random random)
    {
        var vectors = new float[checked(count * options.Dimensions)];
        foreach (ref var value in vectors.AsSpan())
        {
            value = (float)(options.InitialDeviation * random.NextNormal());
        }

        return vectors;
    }

    private static (int User, int Item)[] Shuffled(InteractionMatrix interactions, Random random)
    {
        var pairs = new (int, int)[interactions.Count];
        for (var user = 0; user < interactions.RowCount; user++)
        {
            for (var at = interactions.RowStarts[user]; at < interactions.RowStarts[user + 1]; at++)
            {
                pairs[at] = (user, interactions.Columns[at]);
            }
        }

        random.Shuffle(pairs);
        return pairs;
    }

    // Mixed by hand, because System.HashCode differs from process to process.
    private static int HashCode(int seed, int epoch, int worker) =>
        (int)(((((ulong)(uint)seed * 0x9E3779B97F4A7C15) + (uint)epoch) * 0xBF58476D1CE4E5B9 + (uint)worker) * 0x94D049BB133111EB >> 32);
}
