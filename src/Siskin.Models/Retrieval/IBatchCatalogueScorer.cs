using Siskin.Models.Interactions;

namespace Siskin.Models.Retrieval;

/// <summary>A retrieval model that scores several users together for much less than one after another.</summary>
public interface IBatchCatalogueScorer : ICatalogueScorer
{
    /// <summary>Scores every item for some users.</summary>
    /// <param name="users">Rows of the histories.</param>
    /// <param name="histories">Users × items: what each user took, with weights.</param>
    /// <param name="dense">Output, users × items, row after row; each row is what the other overload gives but for rounding.</param>
    /// <exception cref="ArgumentException">The output has the wrong length, or a user or an item is unknown.</exception>
    void ScoreInto(ReadOnlySpan<int> users, InteractionMatrix histories, Span<float> dense);
}
