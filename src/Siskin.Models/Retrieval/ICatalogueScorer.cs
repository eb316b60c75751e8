using Siskin.Models.Interactions;

namespace Siskin.Models.Retrieval;

/// <summary>A retrieval model that gives every item of the catalogue a score for one user.</summary>
/// <remarks>
/// What a model looks at is its own affair: one that learnt a vector for each user reads only the user's row, one that
/// weighs items against items only the history. Implementations are immutable after training and safe for concurrent use.
/// </remarks>
public interface ICatalogueScorer
{
    /// <summary>Number of items in the catalogue.</summary>
    int ItemCount { get; }

    /// <summary>Scores every item.</summary>
    /// <param name="user">Row of the user in the matrix that was trained on. Models that score histories ignore it.</param>
    /// <param name="history">The items the user took, with their weights. Models with a vector for each user ignore it.</param>
    /// <param name="dense">Output, one score per item, higher is better; every entry is overwritten, items of the history like others.</param>
    /// <exception cref="ArgumentException">The output has the wrong length, or the user or an item of the history is unknown.</exception>
    void ScoreInto(int user, InteractionRow history, Span<float> dense);
}
