using System.Collections.Concurrent;

namespace Siskin.Models.Factorization;

/// <summary>Computes the vector of a new or changed user from the user's items: one step of training with the items fixed.</summary>
/// <remarks>
/// Safe for concurrent use. Keeps a copy of the item vectors and their Gramian; each thread in flight holds one pooled
/// workspace of about 4·(d² + 160·d) bytes.
/// </remarks>
public sealed class ImplicitAlsFolder
{
    private readonly FactorSolver _solver;
    private readonly ConcurrentQueue<FactorWorkspace> _workspaces = new();

    /// <summary>Prepares for a set of item vectors; O(items · d²).</summary>
    /// <param name="itemFactors">Row-major, items × d; copied.</param>
    /// <param name="options">What the vectors were trained with; dimensions, α₀, λ and ν are used.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the vectors are no whole number of rows.</exception>
    public ImplicitAlsFolder(ReadOnlySpan<float> itemFactors, ImplicitAlsOptions options)
    {
        OptionsValidation.Check(options);
        if (itemFactors.Length % options.Dimensions != 0)
        {
            throw new ArgumentException($"{itemFactors.Length} numbers are no whole rows of {options.Dimensions}", nameof(itemFactors));
        }

        Dimensions = options.Dimensions;
        ItemCount = itemFactors.Length / options.Dimensions;
        _solver = new FactorSolver(new PaddedFactors(itemFactors, Dimensions), options, CancellationToken.None);
    }

    /// <summary>Prepares for a trained model's item vectors.</summary>
    /// <param name="model">The model.</param>
    public ImplicitAlsFolder(ImplicitAlsModel model)
        : this(model.ItemFactors, model.Options)
    {
    }

    /// <summary>Dimensions of a vector, d.</summary>
    public int Dimensions { get; }

    /// <summary>Number of items.</summary>
    public int ItemCount { get; }

    /// <summary>Solves for a user's vector.</summary>
    /// <param name="items">The user's items; one that occurs twice counts twice.</param>
    /// <param name="weights">One for each item, at least 0 and finite; or empty for 1 each.</param>
    /// <param name="vector">Output, length d; zero when there are no items.</param>
    /// <exception cref="ArgumentException">A length does not fit, an item is out of range, or a weight is below 0 or not finite.</exception>
    /// <remarks>About items·d²/2 + d³/6 multiply-adds. Allocates nothing once as many workspaces exist as threads call.</remarks>
    public void FoldIn(ReadOnlySpan<int> items, ReadOnlySpan<float> weights, Span<float> vector)
    {
        if (vector.Length != Dimensions || (!weights.IsEmpty && weights.Length != items.Length))
        {
            throw new ArgumentException($"{items.Length} items with {weights.Length} weights and a vector of {vector.Length} numbers do not fit {Dimensions} dimensions");
        }

        foreach (var item in items)
        {
            if ((uint)item >= (uint)ItemCount)
            {
                throw new ArgumentException($"item {item} is none of {ItemCount}", nameof(items));
            }
        }

        foreach (var weight in weights)
        {
            if (!(weight >= 0) || !float.IsFinite(weight))
            {
                throw new ArgumentException($"weight {weight} is below 0 or not finite", nameof(weights));
            }
        }

        if (!_workspaces.TryDequeue(out var workspace))
        {
            workspace = _solver.CreateWorkspace();
        }

        _solver.Solve(items, weights, vector, workspace);
        _workspaces.Enqueue(workspace);
    }
}
