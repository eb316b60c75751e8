using Siskin.Models.Interactions;
using Siskin.Vectors.Kernels;

namespace Siskin.Models.Retrieval.Factors;

/// <summary>User and item vectors whose inner product is the score.</summary>
/// <remarks>Immutable as long as nobody writes to its arrays; safe for concurrent use.</remarks>
public sealed class FactorModel : ICatalogueScorer
{
    /// <summary>Wraps vectors without copying them.</summary>
    /// <param name="dimensions">Dimensions of a vector, d; at least 1.</param>
    /// <param name="userFactors">Row-major, users × d.</param>
    /// <param name="itemFactors">Row-major, items × d.</param>
    /// <exception cref="ArgumentException">An array is no whole number of rows.</exception>
    public FactorModel(int dimensions, float[] userFactors, float[] itemFactors)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        if (userFactors.Length % dimensions != 0 || itemFactors.Length % dimensions != 0)
        {
            throw new ArgumentException($"{userFactors.Length} and {itemFactors.Length} numbers are no whole rows of {dimensions}");
        }

        Dimensions = dimensions;
        UserFactors = userFactors;
        ItemFactors = itemFactors;
    }

    /// <summary>Dimensions of a vector, d.</summary>
    public int Dimensions { get; }

    /// <summary>Number of users.</summary>
    public int UserCount => UserFactors.Length / Dimensions;

    /// <inheritdoc/>
    public int ItemCount => ItemFactors.Length / Dimensions;

    /// <summary>Row-major, users × d.</summary>
    public float[] UserFactors { get; }

    /// <summary>Row-major, items × d.</summary>
    public float[] ItemFactors { get; }

    /// <summary>A user's vector, without a copy.</summary>
    /// <param name="user">Row of the user.</param>
    public ReadOnlySpan<float> User(int user) => UserFactors.AsSpan(user * Dimensions, Dimensions);

    /// <summary>An item's vector, without a copy.</summary>
    /// <param name="item">Row of the item.</param>
    public ReadOnlySpan<float> Item(int item) => ItemFactors.AsSpan(item * Dimensions, Dimensions);

    /// <inheritdoc/>
    /// <remarks>O(items · d); nothing is allocated.</remarks>
    public void ScoreInto(int user, InteractionRow history, Span<float> dense)
    {
        if ((uint)user >= (uint)UserCount)
        {
            throw new ArgumentException($"user {user} is none of {UserCount}", nameof(user));
        }

        VectorMath.Dots(User(user), ItemFactors, Dimensions, dense);
    }
}
