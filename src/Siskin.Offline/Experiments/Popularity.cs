using Siskin.Models.Interactions;
using Siskin.Models.Retrieval;

namespace Siskin.Offline.Experiments;

/// <summary>Scores items by how many users took them. Immutable.</summary>
internal sealed class Popularity : ICatalogueScorer
{
    private readonly float[] _counts;

    public Popularity(InteractionMatrix matrix)
    {
        _counts = new float[matrix.ColumnCount];
        foreach (var item in matrix.Columns)
        {
            _counts[item]++;
        }
    }

    public int ItemCount => _counts.Length;

    public void ScoreInto(int user, InteractionRow history, Span<float> dense) => _counts.CopyTo(dense);
}
