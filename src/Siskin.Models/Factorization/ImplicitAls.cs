using System.Diagnostics;
using System.Numerics.Tensors;
using Siskin.Models.Interactions;
using Siskin.Models.LinearAlgebra;
using Siskin.Models.Training;

namespace Siskin.Models.Factorization;

/// <summary>Trains user and item vectors on implicit feedback by alternating least squares, each step solved exactly.</summary>
/// <remarks>
/// Minimises Σ_S w(1 − x·y)² + α₀ Σ_u Σ_i (x·y)² + λ[Σ_u (w_u + α₀·items)^ν ‖x‖² + Σ_i (w_i + α₀·users)^ν ‖y‖²], where S are
/// the stored interactions and w_u, w_i the sums of their weights per user and item. Hu, Koren and Volinsky 2008 in the
/// form of Rendle, Krichene, Zhang and Koren 2022, "Revisiting the performance of iALS on item recommendation benchmarks".
/// Differs from the paper: interactions may carry weights; with all weights 1 it is the same.
/// About interactions·d² + (users + items)·d³/3 multiply-adds per epoch.
/// </remarks>
public static class ImplicitAls
{
    /// <summary>Trains from random item vectors.</summary>
    /// <param name="interactions">Users × items.</param>
    /// <param name="options">Settings.</param>
    /// <param name="progress">Told after each epoch, on the calling thread.</param>
    /// <param name="cancellationToken">Stops within a small part of an epoch; what was trained is lost.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="TrainingDivergedException">Rounding errors outgrew a regularisation that is next to none.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <remarks>
    /// The result depends on the seed and the processor's vector width, not on the number of threads. Memory: two copies
    /// of the vectors at the end, the interactions twice, and per thread about 4·(d² + 160·d) bytes.
    /// </remarks>
    public static ImplicitAlsModel Train(
        InteractionMatrix interactions,
        ImplicitAlsOptions options,
        IProgress<ImplicitAlsProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        OptionsValidation.Check(options);
        var items = new PaddedFactors(interactions.ColumnCount, options.Dimensions);
        Initialize(items, options);
        return Train(interactions, items, options, progress, cancellationToken);
    }

    /// <summary>Trains on from another model's item vectors: resumes, or follows data that changed.</summary>
    /// <param name="start">Has the options' dimensions and one vector for each item.</param>
    /// <param name="interactions">Users × items; users need not be those of <paramref name="start"/>.</param>
    /// <param name="options">Settings; its epochs come on top of those done before.</param>
    /// <param name="progress">Told after each epoch, on the calling thread.</param>
    /// <param name="cancellationToken">Stops within a small part of an epoch.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the model does not fit.</exception>
    public static ImplicitAlsModel Continue(
        ImplicitAlsModel start,
        InteractionMatrix interactions,
        ImplicitAlsOptions options,
        IProgress<ImplicitAlsProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        OptionsValidation.Check(options);
        if (start.Dimensions != options.Dimensions || start.ItemCount != interactions.ColumnCount)
        {
            throw new ArgumentException($"the model has {start.ItemCount} items of {start.Dimensions} dimensions; {interactions.ColumnCount} of {options.Dimensions} are needed", nameof(start));
        }

        return Train(interactions, new PaddedFactors(start.ItemFactors, start.Dimensions), options, progress, cancellationToken);
    }

    private static ImplicitAlsModel Train(
        InteractionMatrix byUser,
        PaddedFactors items,
        ImplicitAlsOptions options,
        IProgress<ImplicitAlsProgress>? progress,
        CancellationToken cancellationToken)
    {
        var byItem = byUser.Transpose();
        var users = new PaddedFactors(byUser.RowCount, options.Dimensions);
        var userRuns = Partition(byUser, options);
        var itemRuns = Partition(byItem, options);
        var start = Stopwatch.GetTimestamp();
        for (var epoch = 1; epoch <= options.Epochs; epoch++)
        {
            SolveSide(byUser, userRuns, items, users, options, cancellationToken);
            SolveSide(byItem, itemRuns, users, items, options, cancellationToken);
            for (var item = 0; item < items.Count; item++)
            {
                if (!TensorPrimitives.IsFiniteAll<float>(items.Row(item)))
                {
                    throw new TrainingDivergedException($"iALS: the vector of item {item} is not finite after epoch {epoch}; try a larger regularization or unobserved weight");
                }
            }

            progress?.Report(new(epoch, options.Epochs, Stopwatch.GetElapsedTime(start)));
        }

        return new ImplicitAlsModel(options, users.ToArray(), items.ToArray());
    }

    private static void SolveSide(
        InteractionMatrix rows, int[] runs, PaddedFactors fixedSide, PaddedFactors solved, ImplicitAlsOptions options, CancellationToken cancellationToken)
    {
        var solver = new FactorSolver(fixedSide, options, cancellationToken);
        RowPartition.Run(runs, options.Threads, cancellationToken, solver.CreateWorkspace, (workspace, first, end) =>
        {
            for (var row = first; row < end; row++)
            {
                var interactions = rows.Row(row);
                solver.Solve(interactions.Columns, rows.IsBinary ? default : interactions.Values, solved.Row(row), workspace);
            }
        });
    }

    private static int[] Partition(InteractionMatrix rows, ImplicitAlsOptions options)
    {
        double d = options.Dimensions;
        return RowPartition.Create(rows.RowCount, row => (rows.Row(row).Length * d * d) + (d * d * d / 3));
    }

    private static void Initialize(PaddedFactors factors, ImplicitAlsOptions options)
    {
        var random = new Random(options.Seed);
        var deviation = options.InitialDeviation / Math.Sqrt(options.Dimensions);
        for (var row = 0; row < factors.Count; row++)
        {
            foreach (ref var value in factors.Row(row))
            {
                value = (float)(deviation * random.NextNormal());
            }
        }
    }
}
