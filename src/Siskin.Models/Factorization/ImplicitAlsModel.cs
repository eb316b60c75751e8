using Siskin.Models.Interactions;
using Siskin.Models.Retrieval;
using Siskin.Vectors.Kernels;

namespace Siskin.Models.Factorization;

/// <summary>User and item vectors whose inner product is the score.</summary>
/// <remarks>Immutable as long as nobody writes to its arrays; safe for concurrent use.</remarks>
public sealed class ImplicitAlsModel : ICatalogueScorer
{
    /// <summary>Wraps vectors without copying them.</summary>
    /// <param name="options">What they were trained with; its dimensions are d.</param>
    /// <param name="userFactors">Row-major, users × d.</param>
    /// <param name="itemFactors">Row-major, items × d.</param>
    /// <exception cref="ArgumentException">An array is no whole number of rows.</exception>
    public ImplicitAlsModel(ImplicitAlsOptions options, float[] userFactors, float[] itemFactors)
    {
        if (userFactors.Length % options.Dimensions != 0 || itemFactors.Length % options.Dimensions != 0)
        {
            throw new ArgumentException($"{userFactors.Length} and {itemFactors.Length} numbers are no whole rows of {options.Dimensions}");
        }

        Options = options;
        UserFactors = userFactors;
        ItemFactors = itemFactors;
    }

    /// <summary>What the vectors were trained with.</summary>
    public ImplicitAlsOptions Options { get; }

    /// <summary>Dimensions of a vector, d.</summary>
    public int Dimensions => Options.Dimensions;

    /// <summary>Number of users.</summary>
    public int UserCount => UserFactors.Length / Dimensions;

    /// <summary>Number of items.</summary>
    public int ItemCount => ItemFactors.Length / Dimensions;

    /// <summary>Row-major, users × d. A user without interactions has the zero vector.</summary>
    public float[] UserFactors { get; }

    /// <summary>Row-major, items × d. An item without interactions has the zero vector.</summary>
    public float[] ItemFactors { get; }

    /// <summary>A user's vector, without a copy.</summary>
    /// <param name="user">Row of the user.</param>
    public ReadOnlySpan<float> User(int user) => UserFactors.AsSpan(user * Dimensions, Dimensions);

    /// <summary>An item's vector, without a copy.</summary>
    /// <param name="item">Row of the item.</param>
    public ReadOnlySpan<float> Item(int item) => ItemFactors.AsSpan(item * Dimensions, Dimensions);

    /// <summary>Scores every item for a user; higher is better, about 1 for certain interest and 0 for none.</summary>
    /// <param name="user">Row of the user.</param>
    /// <param name="dense">Output, one score per item.</param>
    /// <exception cref="ArgumentException">The output has the wrong length.</exception>
    public void ScoreInto(int user, Span<float> dense) => VectorMath.Dots(User(user), ItemFactors, Dimensions, dense);

    /// <inheritdoc/>
    void ICatalogueScorer.ScoreInto(int user, InteractionRow history, Span<float> dense) => ScoreInto(user, dense);
}
