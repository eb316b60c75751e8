using Siskin.Models.Embeddings;

namespace Siskin.Tests.Models.Embeddings;

public sealed unsafe class EgesTests
{
    private static readonly SkipGramOptions Small = new() { Dimensions = 24, Threads = 1, Epochs = 5, Subsampling = 0 };

    [Fact]
    public void A_cold_item_lies_near_the_items_of_its_topic()
    {
        // One item more than occurs; its topic is the third. Field 0 is the topic, field 1 says nothing and is often missing.
        var corpus = TopicCorpus.Create();
        var sequences = new ItemSequences(TopicCorpus.ItemCount + 1, corpus.Starts, corpus.Items);
        var values = new int[2 * sequences.ItemCount];
        for (var item = 0; item < sequences.ItemCount; item++)
        {
            values[2 * item] = item == TopicCorpus.ItemCount ? 2 : item / TopicCorpus.TopicSize;
            values[(2 * item) + 1] = item % 3 == 0 ? TopicCorpus.Topics : -1;
        }

        values[^1] = -1;
        var model = Eges.Train(sequences, new SideInformation(2, TopicCorpus.Topics + 1, values), Small, cancellationToken: TestContext.Current.CancellationToken);
        var cold = model.Items.Vector(TopicCorpus.ItemCount).ToArray();
        Assert.False(model.Items.IsTrained(TopicCorpus.ItemCount));
        var nearest = Enumerable.Range(0, TopicCorpus.ItemCount).OrderByDescending(item => TopicCorpus.Cosine(cold, model.Items.Vector(item))).Take(10);
        Assert.All(nearest, item => Assert.Equal(2, item / TopicCorpus.TopicSize));
        Assert.Equal(1f, model.Attention[0] + model.Attention[1] + model.Attention[2], 1e-5f);
        Assert.Equal(0f, model.Attention[5]);
    }

    [Fact]
    public void A_gradient_moves_parts_and_attention_as_finite_differences_say()
    {
        const int d = 4;
        using var items = Rows(1, d, 1);
        using var values = Rows(2, d, 2);
        using var attention = Rows(1, 3, 3);
        using var work = Rows(2, d, 4);
        var rows = new EgesRows(items, values, attention, new SideInformation(2, 2, [1, 0]), [0]);
        var g = work.Span(1).ToArray();
        double Value()
        {
            var h = rows.Load(0, work.Row(0));
            return Enumerable.Range(0, d).Sum(i => (double)h[i] * g[i]);
        }

        (AlignedRows Rows, int Row)[] blocks = [(items, 0), (values, 0), (values, 1), (attention, 0)];
        var expected = new List<double>();
        foreach (var (block, row) in blocks)
        {
            for (var i = 0; i < block.Dimensions; i++)
            {
                var kept = block.Span(row)[i];
                block.Span(row)[i] = kept + 1e-2f;
                var above = Value();
                block.Span(row)[i] = kept - 1e-2f;
                expected.Add((above - Value()) / 2e-2);
                block.Span(row)[i] = kept;
            }
        }

        var before = blocks.SelectMany(b => b.Rows.Span(b.Row).ToArray()).ToArray();
        rows.Load(0, work.Row(0));
        rows.Apply(0, work.Row(1), work.Row(0));
        var after = blocks.SelectMany(b => b.Rows.Span(b.Row).ToArray()).ToArray();
        for (var i = 0; i < before.Length; i++)
        {
            Assert.Equal(expected[i], after[i] - before[i], 1e-3);
        }
    }

    [Fact]
    public void Side_information_of_another_catalogue_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Eges.Train(TopicCorpus.Create(10), new SideInformation(1, 1, [0, 0]), Small));
        Assert.Throws<ArgumentException>(() => new SideInformation(2, 1, [0, 0, 0]));
        Assert.Contains("item 1, field 0", Assert.Throws<ArgumentException>(() => new SideInformation(2, 1, [0, 0, 1, 0])).Message);
    }

    [Fact]
    public void Pooling_weighs_by_recency_and_passes_over_items_without_vector()
    {
        var model = new ItemEmbeddings(2, [1, 0, 0, 4, 0, 0], new float[6], [1, 1, 0], [true, true, false]);
        var user = new float[2];
        UserVectors.Mean(model, [0, 1, 2], user);
        Assert.Equal([0.5f, 2f], user);
        UserVectors.RecencyWeighted(model, [0, 1], 1, user);
        Assert.Equal(1 / 3f, user[0], 1e-6f);
        Assert.Equal(8 / 3f, user[1], 1e-6f);
        UserVectors.Mean(model, [2], user);
        Assert.Equal([0f, 0f], user);
        Assert.Throws<ArgumentException>(() => UserVectors.Mean(model, [3], new float[2]));
        Assert.Throws<ArgumentException>(() => UserVectors.RecencyWeighted(model, [0], 0, new float[2]));
    }

    private static AlignedRows Rows(int count, int dimensions, int seed)
    {
        var rows = new AlignedRows(count, dimensions);
        var random = new Random(seed);
        for (var row = 0; row < count; row++)
        {
            foreach (ref var value in rows.Span(row))
            {
                value = random.NextSingle() - 0.5f;
            }
        }

        return rows;
    }
}
