using Siskin.Models.Evaluation;
using Siskin.Models.Interactions;

namespace Siskin.Offline.Experiments;

/// <summary>What a retrieval or sequence model learns from.</summary>
/// <param name="Matrix">Users × items, every value 1.</param>
/// <param name="Sequences">By user: the same items, oldest first where the data has an order.</param>
/// <param name="Validation">Cases to stop by, for models that do; null for none.</param>
public sealed record TrainingInput(InteractionMatrix Matrix, int[][] Sequences, RankingCase[]? Validation)
{
    /// <summary>Whether the sequences are in an order that means something; else in that of the file.</summary>
    public bool HasOrder { get; init; } = true;

    /// <summary>By item: its tags and attribute values, numbered over all items from 0; empty when the data has none.</summary>
    public int[][] ItemValues { get; init; } = [];

    /// <summary>Above all of <see cref="ItemValues"/>.</summary>
    public int ValueCount { get; init; }

    /// <summary>Both forms of the same sequences.</summary>
    /// <param name="sequences">By user, oldest first.</param>
    /// <param name="itemCount">Above all items.</param>
    /// <param name="validation">Cases to stop by.</param>
    public static TrainingInput Of(int[][] sequences, int itemCount, RankingCase[]? validation = null)
    {
        var pairs = new List<Interaction>();
        for (var user = 0; user < sequences.Length; user++)
        {
            foreach (var item in sequences[user])
            {
                pairs.Add(new Interaction(user, item, 1, 0));
            }
        }

        return new(InteractionMatrix.FromInteractions(pairs.ToArray(), sequences.Length, itemCount), sequences, validation);
    }
}
