using Siskin.Models.Embeddings;

namespace Siskin.Tests.Models.Embeddings;

/// <summary>Sequences each drawn from one topic; an item's topic is its id divided by the topic's size.</summary>
internal static class TopicCorpus
{
    public const int Topics = 6;
    public const int TopicSize = 20;
    public const int ItemCount = Topics * TopicSize;

    public static ItemSequences Create(int sequences = 1500, int length = 12, int seed = 7)
    {
        var random = new Random(seed);
        return ItemSequences.From(ItemCount, Enumerable.Range(0, sequences).Select(_ =>
        {
            var topic = random.Next(Topics);
            return Enumerable.Range(0, length).Select(_ => (topic * TopicSize) + random.Next(TopicSize)).ToArray();
        }));
    }

    /// <summary>Share of items whose nearest other item by cosine is of the same topic.</summary>
    public static double Purity(ItemEmbeddings model)
    {
        var pure = 0;
        for (var item = 0; item < model.ItemCount; item++)
        {
            var (best, nearest) = (double.MinValue, -1);
            for (var other = 0; other < model.ItemCount; other++)
            {
                var cosine = other == item ? double.MinValue : Cosine(model.Vector(item), model.Vector(other));
                (best, nearest) = cosine > best ? (cosine, other) : (best, nearest);
            }

            pure += nearest / TopicSize == item / TopicSize ? 1 : 0;
        }

        return pure / (double)model.ItemCount;
    }

    public static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (dot, aa, bb) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            dot += a[i] * b[i];
            aa += a[i] * a[i];
            bb += b[i] * b[i];
        }

        return dot / Math.Sqrt(aa * bb);
    }
}
