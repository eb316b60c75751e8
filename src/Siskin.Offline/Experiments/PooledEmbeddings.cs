using System.Numerics.Tensors;
using Siskin.Models.Embeddings;
using Siskin.Models.Interactions;
using Siskin.Models.Retrieval;

namespace Siskin.Offline.Experiments;

/// <summary>Scores items by the cosine of their vector with the mean of the vectors of the history, all of length 1. Safe for concurrent use.</summary>
internal sealed class PooledEmbeddings : ICatalogueScorer
{
    private readonly float[] _vectors;
    private readonly int _d;

    public PooledEmbeddings(ItemEmbeddings embeddings)
    {
        (_d, _vectors) = (embeddings.Dimensions, new float[embeddings.Vectors.Length]);
        for (var item = 0; item < embeddings.ItemCount; item++)
        {
            var norm = TensorPrimitives.Norm(embeddings.Vector(item));
            TensorPrimitives.Multiply(embeddings.Vector(item), norm > 0 ? 1 / norm : 0, _vectors.AsSpan(item * _d, _d));
        }
    }

    public int ItemCount => _vectors.Length / _d;

    public void ScoreInto(int user, InteractionRow history, Span<float> dense)
    {
        var sum = new float[_d];
        foreach (var item in history.Columns)
        {
            TensorPrimitives.Add<float>(sum, _vectors.AsSpan(item * _d, _d), sum);
        }

        for (var item = 0; item < dense.Length; item++)
        {
            dense[item] = TensorPrimitives.Dot<float>(sum, _vectors.AsSpan(item * _d, _d));
        }
    }
}
