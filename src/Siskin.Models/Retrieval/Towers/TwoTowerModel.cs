using System.Numerics.Tensors;
using Siskin.Models.Graph;
using Siskin.Models.Interactions;

namespace Siskin.Models.Retrieval.Towers;

/// <summary>The vectors that a two-tower graph gives to the users and items of a catalogue. Immutable; safe for concurrent use.</summary>
public sealed class TwoTowerModel : ICatalogueScorer
{
    private TwoTowerModel(int dimensions, float[] users, float[] items) => (Dimensions, UserVectors, ItemVectors) = (dimensions, users, items);

    /// <summary>Numbers of a vector, d.</summary>
    public int Dimensions { get; }

    /// <summary>Row-major, users × d.</summary>
    public float[] UserVectors { get; }

    /// <summary>Row-major, items × d: what goes into an index of inner products.</summary>
    public float[] ItemVectors { get; }

    /// <inheritdoc/>
    public int ItemCount => ItemVectors.Length / Dimensions;

    /// <summary>Computes vectors with a trained graph.</summary>
    /// <param name="graph">Made by <see cref="TwoTower"/>.</param>
    /// <param name="users">An example for each user; inputs of items do not count.</param>
    /// <param name="items">An example for each item; inputs of users do not count.</param>
    /// <param name="threads">Threads; 0 for one per processor.</param>
    /// <exception cref="ArgumentException">The graph has not two outputs of one width, or the examples another layout.</exception>
    public static TwoTowerModel Create(ModelGraph graph, ExampleTable users, ExampleTable items, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (graph.Outputs.Count != 2 || graph.Outputs[0].Width != graph.Outputs[1].Width)
        {
            throw new ArgumentException($"{graph.Name} has not two outputs of one width", nameof(graph));
        }

        using var scorer = new GraphScorer(graph, threads);
        var d = graph.Outputs[0].Width;
        return new TwoTowerModel(d, Half(scorer, users, d, 0), Half(scorer, items, d, d));
    }

    /// <inheritdoc/>
    public void ScoreInto(int user, InteractionRow history, Span<float> dense)
    {
        if (dense.Length != ItemCount || (uint)user >= (uint)(UserVectors.Length / Dimensions))
        {
            throw new ArgumentException($"{dense.Length} scores for {ItemCount} items, user {user} of {UserVectors.Length / Dimensions}");
        }

        var vector = UserVectors.AsSpan(user * Dimensions, Dimensions);
        for (var item = 0; item < dense.Length; item++)
        {
            dense[item] = TensorPrimitives.Dot<float>(vector, ItemVectors.AsSpan(item * Dimensions, Dimensions));
        }
    }

    private static float[] Half(GraphScorer scorer, ExampleTable examples, int d, int first)
    {
        var both = new float[examples.Count * 2 * d];
        scorer.Score(examples, both);
        var half = new float[examples.Count * d];
        for (var i = 0; i < examples.Count; i++)
        {
            both.AsSpan((i * 2 * d) + first, d).CopyTo(half.AsSpan(i * d));
        }

        return half;
    }
}
