using System.Runtime.Intrinsics;
using Siskin.Models.Embeddings;

namespace Siskin.Tests.Models.Embeddings;

public sealed unsafe class SkipGramTests
{
    private static readonly SkipGramOptions Small = new() { Dimensions = 24, Threads = 1, Epochs = 5, Subsampling = 0 };

    [Theory]
    [InlineData(false, false, 1)]
    [InlineData(true, false, 1)]
    [InlineData(false, true, 1)]
    [InlineData(false, false, 2)]
    public void Topics_are_told_apart(bool share, bool whole, int threads)
    {
        var model = SkipGram.Train(TopicCorpus.Create(), Small with { ShareNegatives = share, WholeSequence = whole, Threads = threads }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(TopicCorpus.Purity(model) > 0.98, $"purity {TopicCorpus.Purity(model)}");
    }

    [Fact]
    public void One_thread_and_one_seed_give_the_same_bits_and_another_seed_does_not()
    {
        var corpus = TopicCorpus.Create(200);
        var options = Small with { Subsampling = 1e-2 };
        var first = SkipGram.Train(corpus, options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(first.Vectors, SkipGram.Train(corpus, options, cancellationToken: TestContext.Current.CancellationToken).Vectors);
        Assert.NotEqual(first.Vectors, SkipGram.Train(corpus, options with { Seed = 2 }, cancellationToken: TestContext.Current.CancellationToken).Vectors);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_step_follows_the_finite_differences_of_the_loss(bool isContext)
    {
        using var rows = Rows(3, 5);
        var h = rows.Row(0);
        var gradient = rows.Row(1);
        var o = rows.Row(2);
        new Span<float>(gradient, 16).Clear();
        double Loss() => SkipGramReference.Loss(rows.Span(0).ToArray().Zip(rows.Span(2).ToArray(), (a, b) => (double)a * b).Sum(), isContext);
        var expected = new double[10];
        for (var i = 0; i < 10; i++)
        {
            ref var value = ref rows.Span(i < 5 ? 0 : 2)[i % 5];
            var kept = value;
            value = kept + 1e-3f;
            var above = Loss();
            value = kept - 1e-3f;
            expected[i] = -(above - Loss()) / 2e-3;
            value = kept;
        }

        var before = rows.Span(2).ToArray();
        var score = SkipGramKernel.Dot(h, o, 16);
        SkipGramKernel.Update(h, gradient, o, 16, (float)SkipGramReference.Step(score, isContext));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(expected[i], gradient[i], 1e-3);
            Assert.Equal(expected[5 + i], o[i] - before[i], 1e-3);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(40)]
    [InlineData(63)]
    [InlineData(100)]
    [InlineData(128)]
    public void Kernels_equal_the_reference(int dimensions)
    {
        using var rows = Rows(3, dimensions);
        var length = rows.Stride;
        var expected = SkipGramReference.Dot(rows.Span(0), rows.Span(2));
        Assert.Equal(expected, SkipGramKernel.Dot(rows.Row(0), rows.Row(2), length), 1e-4f);
        if (Vector256.IsHardwareAccelerated)
        {
            Assert.Equal(expected, SkipGramKernel.Dot256(rows.Row(0), rows.Row(2), length), 1e-4f);
            CheckUpdate(dimensions, (h, g, o, n) => SkipGramKernel.Update256((float*)h, (float*)g, (float*)o, n, 0.3f));
        }

        CheckUpdate(dimensions, (h, g, o, n) => SkipGramKernel.Update((float*)h, (float*)g, (float*)o, n, 0.3f));
    }

    [Fact]
    public void The_table_is_the_logistic_function()
    {
        for (var x = -12f; x <= 12; x += 0.01f)
        {
            Assert.Equal(1 / (1 + Math.Exp(-x)), SigmoidTable.Sigmoid(x), 5e-5);
        }
    }

    [Fact]
    public void The_alias_table_draws_in_proportion()
    {
        double[] weights = [5, 0, 1, 3, 0.5, 0.5];
        var (thresholds, aliases) = (new uint[6], new int[6]);
        AliasTable.Build(weights, thresholds, aliases);
        var random = new RandomStream(1, 1);
        var counts = new int[6];
        for (var i = 0; i < 200_000; i++)
        {
            counts[AliasTable.Draw(thresholds, aliases, ref random)]++;
        }

        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(weights[i] / 10, counts[i] / 200_000.0, 0.005);
        }
    }

    [Fact]
    public void Rare_ids_get_no_vector()
    {
        var sequences = ItemSequences.From(4, [[0, 1, 2], [0, 1], [1, 0]]);
        var model = SkipGram.Train(sequences, Small with { MinimumCount = 2 }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([true, true, false, false], Enumerable.Range(0, 4).Select(model.IsTrained));
        Assert.Equal([3, 3, 1, 0], model.Counts);
        Assert.False(model.Vector(2).ContainsAnyExcept(0f));
        Assert.True(model.Vector(0).ContainsAnyExcept(0f));
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        Assert.Contains("id 5 at position 1", Assert.Throws<ArgumentException>(() => ItemSequences.From(5, [[0, 5]])).Message);
        Assert.Throws<ArgumentException>(() => new ItemSequences(5, [0, 3, 2], [0, 1]));
        Assert.Throws<ArgumentException>(() => SkipGram.Train(ItemSequences.From(5, []), Small));
        Assert.Throws<ArgumentException>(() => SkipGram.Train(ItemSequences.From(5, [[0], [1]]), Small));
        Assert.Throws<ArgumentException>(() => SkipGram.Train(TopicCorpus.Create(10), Small with { MinimumCount = 1_000_000 }));
        Assert.Contains("LearningRate", Assert.Throws<ArgumentException>(() => SkipGram.Train(TopicCorpus.Create(10), Small with { LearningRate = 0, Window = 0 })).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Training_can_be_cancelled(int threads)
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => SkipGram.Train(TopicCorpus.Create(), Small with { Threads = threads }, cancellationToken: source.Token));
    }

    [Fact]
    public void The_last_report_counts_every_id()
    {
        var reports = new Reports();
        SkipGram.Train(TopicCorpus.Create(100), Small, reports, TestContext.Current.CancellationToken);
        Assert.Equal(100 * 12 * 5, reports.Last.Words);
        Assert.Equal(reports.Last.TotalWords, reports.Last.Words);
        Assert.True(reports.Last.Loss > 0);
        Assert.Equal(TimeSpan.Zero, reports.Last.Remaining);
    }

    private static AlignedRows Rows(int count, int dimensions)
    {
        var rows = new AlignedRows(count, dimensions);
        var random = new Random(dimensions);
        for (var row = 0; row < count; row++)
        {
            foreach (ref var value in rows.Span(row))
            {
                value = random.NextSingle() - 0.5f;
            }
        }

        return rows;
    }

    private static void CheckUpdate(int dimensions, Action<nint, nint, nint, int> update)
    {
        using var rows = Rows(3, dimensions);
        var (gradient, o) = (rows.Span(1).ToArray(), rows.Span(2).ToArray());
        SkipGramReference.Update(rows.Span(0), gradient, o, 0.3f);
        update((nint)rows.Row(0), (nint)rows.Row(1), (nint)rows.Row(2), rows.Stride);
        for (var i = 0; i < dimensions; i++)
        {
            Assert.Equal(gradient[i], rows.Span(1)[i], 1e-6f);
            Assert.Equal(o[i], rows.Span(2)[i], 1e-6f);
        }
    }

    private sealed class Reports : IProgress<SkipGramProgress>
    {
        public SkipGramProgress Last { get; private set; }

        public void Report(SkipGramProgress value) => Last = value;
    }
}
