using Siskin.Models.Interactions;

namespace Siskin.Models.Retrieval.Linear;

/// <summary>Learns for each item a sparse, non-negative sum of other items that reproduces who took it.</summary>
/// <remarks>
/// Ning and Karypis 2011, "SLIM: sparse linear methods for top-N recommender systems": for each item j, of
/// ½‖x_j − Σ_i w_i·x_i‖² + ½β‖w‖² + λ‖w‖₁ the minimum with w ≥ 0 and w_j = 0, found by coordinate descent (Friedman,
/// Hastie and Tibshirani 2010). As in the paper's fsSLIM, only the items most similar to j may have a weight.
/// </remarks>
public static class Slim
{
    /// <summary>Learns the weights.</summary>
    /// <param name="interactions">Users × items.</param>
    /// <param name="options">Settings.</param>
    /// <param name="progress">Told after each sixteenth of the items, on a thread that works; there is no loss.</param>
    /// <param name="cancellationToken">Stops within a small part of the work.</param>
    /// <returns>For each item the items that it speaks for, with their weights: a history's score is their sum.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <remarks>
    /// The result does not depend on the number of threads. A round over an item's candidates reads each of their users
    /// once or twice; the neighbours are found as by <see cref="ItemNeighbours.Build"/>. 16 bytes per candidate of the whole catalogue.
    /// </remarks>
    public static ItemNeighbours Train(
        InteractionMatrix interactions,
        SlimOptions options,
        IProgress<RetrievalProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        OptionsValidation.Check(options);
        return new SlimTrainer(interactions, options, cancellationToken).Train(progress);
    }
}
