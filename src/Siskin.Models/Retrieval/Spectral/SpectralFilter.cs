using System.Collections.Concurrent;
using System.Diagnostics;
using Siskin.Models.Factorization;
using Siskin.Models.Interactions;

namespace Siskin.Models.Retrieval.Spectral;

/// <summary>Scores a history by filtering it on the graph of users and items: smooth signals pass, noise does not.</summary>
/// <remarks>
/// With R̃ the interactions divided by powers of the users' and items' degrees and by its largest singular value, P = R̃ᵀR̃,
/// D the items' degrees and V the leading right singular vectors of R̃, a history x scores
/// s = xP + α·x·D^(−b)·V·Vᵀ·D^b, and sharpened s − τ·sP. With exponents of a half and without sharpening it is GF-CF of
/// Shen, Wu, Zhang, Shan, Zhang, Letaief and Li 2021, "How powerful is graph convolution for recommendation?"; with
/// sharpening one Euler step of Choi, Hong, Park and Cho 2023, "Blurring-sharpening process models for collaborative
/// filtering". Differs from both: the exponents are free. There is nothing to train but V. Works for users who were not
/// trained on, by their history.
/// Immutable; safe for concurrent use.
/// </remarks>
public sealed class SpectralFilter : IBatchCatalogueScorer
{
    private readonly SpectralFilterOptions _options;
    private readonly InteractionMatrix _byUser;
    private readonly InteractionMatrix _byItem;
    private readonly PaddedFactors _panels;
    private readonly float[] _degrees;
    private readonly ConcurrentBag<FilterPass> _passes = [];

    private SpectralFilter(SpectralFilterOptions options, InteractionMatrix byUser, InteractionMatrix byItem, PaddedFactors panels, float[] values, float[] degrees)
    {
        (_options, _byUser, _byItem, _panels, _degrees) = (options, byUser, byItem, panels, degrees);
        SingularValues = values;
    }

    /// <inheritdoc/>
    public int ItemCount => _byItem.RowCount;

    /// <summary>Singular values of R̃ before it is divided by the largest, which comes first; that is 1 with both exponents at a half.</summary>
    public IReadOnlyList<float> SingularValues { get; }

    /// <summary>Finds the singular vectors.</summary>
    /// <param name="interactions">Users × items; weights multiply their entries.</param>
    /// <param name="options">Settings.</param>
    /// <param name="progress">Told after each round of the iteration, on the calling thread.</param>
    /// <param name="cancellationToken">Stops within a round.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or there are no interactions.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <remarks>
    /// The result depends on the seed and the processor's vector width, not on the number of threads. A round takes about
    /// 2.5·interactions·rank + 2.4·items·rank² multiply-adds. Memory: about 5·(users + 2·items)·rank bytes while it runs.
    /// </remarks>
    public static SpectralFilter Build(
        InteractionMatrix interactions,
        SpectralFilterOptions options,
        IProgress<RetrievalProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        OptionsValidation.Check(options);
        if (interactions.Count == 0)
        {
            throw new ArgumentException("there are no interactions to learn from", nameof(interactions));
        }

        var start = Stopwatch.GetTimestamp();
        var (byUser, degrees) = Normalize(interactions, options);
        void Report(int round) => progress?.Report(new(round, options.Iterations, double.NaN, Stopwatch.GetElapsedTime(start)));

        // Without the ideal filter only the largest singular value is needed, which sets the scale.
        var rank = options.IdealWeight > 0 ? options.Rank : 1;
        var (vectors, values) = SingularVectors.Compute(byUser, byUser.Transpose(), rank, options.Iterations, options.Seed, options.Threads, Report, cancellationToken);
        for (var at = 0; at < byUser.Count; at++)
        {
            byUser.Values[at] /= values[0];
        }

        return new SpectralFilter(options, byUser, byUser.Transpose(), FilterPass.Pack(vectors), values, degrees);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// As many multiply-adds as sixteen users at once take, because the work is memory's: see the other overload.
    /// </remarks>
    public void ScoreInto(int user, InteractionRow history, Span<float> dense)
    {
        Check(history, dense);
        var pass = Rent();
        pass.Add(history, 0);
        pass.Run();
        pass.Read(0, dense);
        _passes.Add(pass);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// For each sixteen users 16·(items·rank + interactions) multiply-adds, and 32·interactions more for sharpening, in
    /// memory of 64·(users + 2·items) bytes that is kept for the next call.
    /// </remarks>
    public void ScoreInto(ReadOnlySpan<int> users, InteractionMatrix histories, Span<float> dense)
    {
        if (dense.Length != (long)users.Length * ItemCount)
        {
            throw new ArgumentException($"{dense.Length} scores for {users.Length} × {ItemCount}", nameof(dense));
        }

        for (var first = 0; first < users.Length; first += FilterPass.Lanes)
        {
            var count = Math.Min(FilterPass.Lanes, users.Length - first);
            var pass = Rent();
            for (var lane = 0; lane < count; lane++)
            {
                var history = histories.Row(users[first + lane]);
                Check(history, dense.Slice((first + lane) * ItemCount, ItemCount));
                pass.Add(history, lane);
            }

            pass.Run();
            for (var lane = 0; lane < count; lane++)
            {
                pass.Read(lane, dense.Slice((first + lane) * ItemCount, ItemCount));
            }

            _passes.Add(pass);
        }
    }

    private static (InteractionMatrix Matrix, float[] Degrees) Normalize(InteractionMatrix interactions, SpectralFilterOptions options)
    {
        var counts = new int[interactions.ColumnCount];
        foreach (var item in interactions.Columns)
        {
            counts[item]++;
        }

        var degrees = Array.ConvertAll(counts, count => MathF.Pow(Math.Max(1, count), options.ItemExponent));
        var values = new float[interactions.Count];
        for (var user = 0; user < interactions.RowCount; user++)
        {
            var degree = MathF.Pow(interactions.Row(user).Length, -options.UserExponent);
            for (var at = interactions.RowStarts[user]; at < interactions.RowStarts[user + 1]; at++)
            {
                values[at] = interactions.Values[at] * degree / degrees[interactions.Columns[at]];
            }
        }

        return (new InteractionMatrix(interactions.ColumnCount, interactions.RowStarts, interactions.Columns, values), degrees);
    }

    private void Check(InteractionRow history, Span<float> dense)
    {
        if (dense.Length != ItemCount)
        {
            throw new ArgumentException($"{dense.Length} scores for {ItemCount} items", nameof(dense));
        }

        foreach (var item in history.Columns)
        {
            if ((uint)item >= (uint)ItemCount)
            {
                throw new ArgumentException($"item {item} is none of {ItemCount}", nameof(history));
            }
        }
    }

    private FilterPass Rent()
    {
        if (!_passes.TryTake(out var pass))
        {
            pass = new FilterPass(_options, _byUser, _byItem, _panels, _degrees);
        }

        pass.Clear();
        return pass;
    }
}
