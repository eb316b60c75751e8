using System.Diagnostics;
using Siskin.Models.Interactions;
using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Retrieval.Linear;

/// <summary>The linear model of items by items, none by itself, that reproduces all histories best: it has a closed form.</summary>
/// <remarks>
/// Steck 2019, "Embarrassingly shallow autoencoders for sparse data": with P = (XᵀX + λI)⁻¹ the weights are
/// B_ij = −P_ij / P_jj and B_jj = 0, and a history x scores x·B. Single precision, only one triangle of P is kept.
/// Works for users who were not trained on. Safe for concurrent use until it is disposed of.
/// </remarks>
public sealed class Ease : ICatalogueScorer, IDisposable
{
    private readonly SymmetricTiles _inverse;
    private readonly float[] _scales;

    private Ease(SymmetricTiles inverse)
    {
        // The matrix is −P.
        _inverse = inverse;
        _scales = new float[inverse.Count];
        for (var item = 0; item < _scales.Length; item++)
        {
            _scales[item] = -1 / inverse.At(item, item);
        }
    }

    /// <inheritdoc/>
    public int ItemCount => _scales.Length;

    /// <summary>Learns the weights.</summary>
    /// <param name="interactions">Users × items.</param>
    /// <param name="options">Settings.</param>
    /// <param name="progress">Told after each block of 256 items, on the calling thread; there is no loss.</param>
    /// <param name="cancellationToken">Stops within a block.</param>
    /// <exception cref="ArgumentException">An option is out of its range, there are no items, or the matrix would take more memory than allowed.</exception>
    /// <exception cref="ArithmeticException">Regularisation is too small for single precision.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <remarks>
    /// The result depends on the processor's vector width, not on the number of threads. items³/2 multiply-adds; memory,
    /// outside of the managed heap: 2 bytes for each pair of items.
    /// </remarks>
    public static Ease Train(
        InteractionMatrix interactions,
        EaseOptions options,
        IProgress<RetrievalProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        OptionsValidation.Check(options);
        var needed = SymmetricTiles.SizeBytes(interactions.ColumnCount);
        if (interactions.ColumnCount == 0 || needed > options.MemoryLimitBytes)
        {
            throw new ArgumentException($"{interactions.ColumnCount} items need {needed} bytes; above 0 and at most {options.MemoryLimitBytes} are allowed (MemoryLimitBytes)", nameof(interactions));
        }

        var start = Stopwatch.GetTimestamp();
        var matrix = new SymmetricTiles(interactions.ColumnCount);
        try
        {
            FillGram(interactions, options, matrix, cancellationToken);
            SymmetricInverse.Invert(matrix, options.Threads, (block, blocks) => progress?.Report(new(block, blocks, double.NaN, Stopwatch.GetElapsedTime(start))), cancellationToken);
            return new Ease(matrix);
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>O(history · items); nothing is allocated.</remarks>
    public void ScoreInto(int user, InteractionRow history, Span<float> dense)
    {
        if (dense.Length != ItemCount)
        {
            throw new ArgumentException($"{dense.Length} scores for {ItemCount} items", nameof(dense));
        }

        dense.Clear();
        for (var i = 0; i < history.Length; i++)
        {
            if ((uint)history.Columns[i] >= (uint)ItemCount)
            {
                throw new ArgumentException($"item {history.Columns[i]} is none of {ItemCount}", nameof(history));
            }

            _inverse.AddRow(history.Columns[i], history.Values[i], dense);
        }

        for (var item = 0; item < dense.Length; item++)
        {
            dense[item] *= _scales[item];
        }

        // The diagonal of B is 0, but each item of the history has just added B_jj = −1 times its weight to itself.
        for (var i = 0; i < history.Length; i++)
        {
            dense[history.Columns[i]] += history.Values[i];
        }
    }

    /// <summary>The weight that an item of a history has for another item.</summary>
    /// <param name="from">Item of the history.</param>
    /// <param name="to">Item that is scored.</param>
    public float Weight(int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(from, ItemCount);
        ArgumentOutOfRangeException.ThrowIfNegative(to);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(to, ItemCount);
        return from == to ? 0 : _inverse.At(from, to) * _scales[to];
    }

    /// <summary>Frees the matrix; nobody may score any more.</summary>
    public void Dispose() => _inverse.Dispose();

    private static unsafe void FillGram(InteractionMatrix byUser, EaseOptions options, SymmetricTiles matrix, CancellationToken cancellationToken)
    {
        const int Size = SymmetricTiles.Size;
        var byItem = byUser.Transpose();
        var width = matrix.TileCount * Size;
        RowPartition.Run(RowPartition.Create(matrix.TileCount, _ => 1), options.Threads, cancellationToken, () => new float[Size * width], (sums, first, end) =>
        {
            for (var strip = first; strip < end; strip++)
            {
                Array.Clear(sums);
                for (var lane = 0; lane < Size; lane++)
                {
                    var item = (strip * Size) + lane;
                    var row = sums.AsSpan(lane * width, width);
                    if (item >= byItem.RowCount)
                    {
                        row[item] = 1;
                        continue;
                    }

                    AddCommon(byUser, byItem.Row(item), row);
                    row[item] += options.Regularization;
                }

                for (var column = strip; column < matrix.TileCount; column++)
                {
                    for (var lane = 0; lane < Size; lane++)
                    {
                        sums.AsSpan((lane * width) + (column * Size), Size).CopyTo(new Span<float>(matrix.Tile(strip, column) + (lane * Size), Size));
                    }
                }
            }
        });
    }

    private static void AddCommon(InteractionMatrix byUser, InteractionRow users, Span<float> sums)
    {
        for (var u = 0; u < users.Length; u++)
        {
            var row = byUser.Row(users.Columns[u]);
            var columns = row.Columns;
            var values = row.Values;
            for (var i = 0; i < columns.Length; i++)
            {
                sums[columns[i]] += users.Values[u] * values[i];
            }
        }
    }
}
