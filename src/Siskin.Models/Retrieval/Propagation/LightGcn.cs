using Siskin.Models.Interactions;
using Siskin.Models.Retrieval.Factors;

namespace Siskin.Models.Retrieval.Propagation;

/// <summary>Vectors of users and items that are averages over their neighbourhoods in the graph of interactions.</summary>
/// <remarks>
/// <para>
/// He et al. 2020, "LightGCN": E⁽ᵏ⁺¹⁾ = D^−½·A·D^−½·E⁽ᵏ⁾, and a node's vector is the mean of its rows in E⁽⁰⁾ to E⁽ᴷ⁾. Only E⁽⁰⁾ is trained.
/// </para>
/// <para>
/// Differs from the paper in the loss: a softmax over cosines with negatives that a whole batch shares (Wu et al. 2022, "On the effectiveness of
/// sampled softmax loss for item recommendation"), which takes tens of epochs where pairs take hundreds.
/// </para>
/// </remarks>
public static class LightGcn
{
    /// <summary>Trains from random vectors.</summary>
    /// <param name="interactions">Users × items; only which are stored counts.</param>
    /// <param name="options">Settings.</param>
    /// <param name="progress">Told after every epoch.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Users' vectors of length 1, items' of the length degree^p; zeros for an item that nobody took.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or there are no interactions.</exception>
    /// <exception cref="Siskin.Models.Training.TrainingDivergedException">The learning rate is too high.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <remarks>
    /// A step costs about 4·K·d operations for each interaction of the matrix, and 6·d for each pair of the batch's users and its negatives.
    /// The result depends on the seed, not on the number of threads.
    /// </remarks>
    public static FactorModel Train(
        InteractionMatrix interactions,
        LightGcnOptions options,
        IProgress<RetrievalProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        ArgumentNullException.ThrowIfNull(options);
        OptionsValidation.Check(options);
        if (interactions.Count == 0)
        {
            throw new ArgumentException("there are no interactions to learn from", nameof(interactions));
        }

        return new LightGcnTrainer(interactions, options, cancellationToken).Train(progress);
    }
}
