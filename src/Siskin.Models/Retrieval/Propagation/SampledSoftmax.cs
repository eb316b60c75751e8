using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Siskin.Models.Factorization;
using Siskin.Models.Interactions;
using Siskin.Models.LinearAlgebra;
using Siskin.Vectors.Kernels;

namespace Siskin.Models.Retrieval.Propagation;

/// <summary>The loss of a batch of interactions against negatives that they share, and its gradients.</summary>
internal sealed unsafe class SampledSoftmax
{
    private const int Parts = 16;
    private const int BlockUsers = 64;

    // Sums of powers below this are taken for it, so that what is divided by them stays finite.
    private const float Least = 1e-30f;

    // Rows of scores that start a power of two apart would fight for the same sets of the cache.
    private const int Gap = 16;

    private readonly InteractionMatrix _interactions;
    private readonly LightGcnOptions _options;
    private readonly int _stride;
    private readonly int _negatives;
    private readonly PaddedFactors _rows;
    private readonly PaddedFactors _packedByDimension;
    private readonly PaddedFactors _packedByNegative;
    private readonly PaddedFactors[] _sums = new PaddedFactors[Parts];
    private readonly int[] _slots;
    private readonly double[] _losses = new double[Parts];

    public SampledSoftmax(InteractionMatrix interactions, LightGcnOptions options)
    {
        (_interactions, _options) = (interactions, options);
        _stride = PaddedFactors.Pad(options.Dimensions);
        _negatives = Math.Min(options.Negatives, interactions.ColumnCount);
        _rows = new PaddedFactors(_negatives, options.Dimensions);
        _packedByDimension = new PaddedFactors(PackedMatrix.PaddedColumns(_negatives), options.Dimensions);
        _packedByNegative = new PaddedFactors(_negatives, PackedMatrix.PaddedColumns(_stride));
        for (var part = 0; part < Parts; part++)
        {
            _sums[part] = new PaddedFactors(_negatives, options.Dimensions);
        }

        _slots = new int[interactions.ColumnCount];
        Array.Fill(_slots, -1);
    }

    /// <summary>Items that a step draws: those asked for, or the whole catalogue where it has fewer.</summary>
    public int Negatives => _negatives;

    /// <summary>Adds the gradients of a batch's mean loss.</summary>
    /// <param name="batch">Interactions.</param>
    /// <param name="negatives">Distinct items, <see cref="Negatives"/> of them; those that a user took do not count against that user.</param>
    /// <param name="vectors">Of length 1, users before items.</param>
    /// <param name="gradients">By these vectors; added to.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The sum of the losses.</returns>
    public double Add(SoftmaxBatch batch, ReadOnlyMemory<int> negatives, PaddedFactors vectors, PaddedFactors gradients, CancellationToken cancellationToken)
    {
        var users = _interactions.RowCount;
        var byDimension = new PackedMatrix(_packedByDimension.Start, _stride, _negatives);
        var byNegative = new PackedMatrix(_packedByNegative.Start, _negatives, _stride);
        for (var slot = 0; slot < _negatives; slot++)
        {
            var item = negatives.Span[slot];
            _slots[item] = slot;
            Copy(vectors.Start + ((nint)(users + item) * _stride), _rows.Start + ((nint)slot * _stride));
        }

        byDimension.FillTransposed(_rows.Start, _stride, 0, _negatives);
        byNegative.Fill(_rows.Start, _stride, 0, _stride);
        RowPartition.Run(Sequence(Parts), _options.Threads, cancellationToken, () => new Block(_negatives + Gap, _stride), (block, part, _) =>
        {
            var (first, end) = ((int)((long)batch.UserCount * part / Parts), (int)((long)batch.UserCount * (part + 1) / Parts));
            var sums = _sums[part].Start;
            new Span<float>(sums, _negatives * _stride).Clear();
            var loss = 0.0;
            for (; first < end; first += BlockUsers)
            {
                loss += AddBlock(batch, first, Math.Min(BlockUsers, end - first), block, byDimension, byNegative, vectors, gradients, sums);
            }

            _losses[part] = loss;
        });
        AddToItems(batch, negatives, vectors, gradients, cancellationToken);
        foreach (var item in negatives.Span)
        {
            _slots[item] = -1;
        }

        var total = 0.0;
        foreach (var loss in _losses)
        {
            total += loss;
        }

        return total;
    }

    private double AddBlock(
        SoftmaxBatch batch,
        int first,
        int count,
        Block block,
        in PackedMatrix byDimension,
        in PackedMatrix byNegative,
        PaddedFactors vectors,
        PaddedFactors gradients,
        float* sums)
    {
        var loss = 0.0;
        var scoreStride = PaddedFactors.Pad(_negatives + Gap);
        for (var i = 0; i < count; i++)
        {
            Copy(vectors.Start + ((nint)batch.User(batch.UserStarts[first + i]) * _stride), block.Users.Start + (i * _stride));
        }

        Gemm.Multiply(block.Users.Start, _stride, byDimension, count, block.Scores.Start, scoreStride, add: false);
        for (var i = 0; i < count; i++)
        {
            loss += Slopes(batch, first + i, block.Users.Start + (i * _stride), block.Scores.Start + ((nint)i * scoreStride), vectors, gradients);
        }

        Gemm.Multiply(block.Scores.Start, scoreStride, byNegative, count, block.Gradients.Start, _stride, add: false);
        for (var i = 0; i < count; i++)
        {
            AddScaled(block.Gradients.Start + (i * _stride), 1, gradients.Start + ((nint)batch.User(batch.UserStarts[first + i]) * _stride));
        }

        Gemm.MultiplyTransposed(block.Scores.Start, scoreStride, block.Users.Start, _stride, count, _negatives, _stride, sums, _stride, add: true);
        return loss;
    }

    // Scores of a user's negatives become slopes.
    private double Slopes(SoftmaxBatch batch, int group, float* vector, float* scores, PaddedFactors vectors, PaddedFactors gradients)
    {
        var users = _interactions.RowCount;
        var inverse = 1 / _options.Temperature;
        var user = batch.User(batch.UserStarts[group]);
        var gradient = gradients.Start + ((nint)user * _stride);
        foreach (var item in _interactions.Row(user).Columns)
        {
            if (_slots[item] >= 0)
            {
                scores[_slots[item]] = -1e9f;
            }
        }

        // A cosine is at most 1, so that no power exceeds 1.
        var sum = Exponentials(scores, inverse);
        var coefficient = 0f;
        var loss = 0.0;
        for (var pair = batch.UserStarts[group]; pair < batch.UserStarts[group + 1]; pair++)
        {
            var item = vectors.Start + ((nint)(users + batch.Item(pair)) * _stride);
            var exponent = (VectorMath.Dot(new ReadOnlySpan<float>(vector, _stride), new ReadOnlySpan<float>(item, _stride)) - 1) * inverse;
            var all = MathF.Max(MathF.Exp(exponent) + sum, Least);
            loss += Math.Log(all) - exponent;
            var slope = -sum / all * inverse / batch.Count;
            coefficient += inverse / batch.Count / all;
            batch.Slopes[pair] = slope;
            AddScaled(item, slope, gradient);
        }

        Scale(scores, coefficient);
        return loss;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Exponentials(float* scores, float inverse)
    {
        var total = Vector512<float>.Zero;
        var one = Vector512<float>.One;
        var i = 0;
        for (; i + 16 <= _negatives; i += 16)
        {
            var power = Vector512.Exp((Vector512.Load(scores + i) - one) * inverse);
            power.Store(scores + i);
            total += power;
        }

        var sum = Vector512.Sum(total);
        for (; i < _negatives; i++)
        {
            scores[i] = MathF.Exp((scores[i] - 1) * inverse);
            sum += scores[i];
        }

        return sum;
    }

    private void Scale(float* scores, float factor)
    {
        var i = 0;
        for (; i + 16 <= _negatives; i += 16)
        {
            (Vector512.Load(scores + i) * factor).Store(scores + i);
        }

        for (; i < _negatives; i++)
        {
            scores[i] *= factor;
        }
    }

    private void AddToItems(SoftmaxBatch batch, ReadOnlyMemory<int> negatives, PaddedFactors vectors, PaddedFactors gradients, CancellationToken cancellationToken)
    {
        var users = _interactions.RowCount;
        RowPartition.Run(RowPartition.Create(batch.ItemCount, _ => 1), _options.Threads, cancellationToken, () => 0, (_, first, end) =>
        {
            for (var group = first; group < end; group++)
            {
                var gradient = gradients.Start + ((nint)(users + batch.Item(batch.PairByItem(batch.ItemStarts[group]))) * _stride);
                for (var at = batch.ItemStarts[group]; at < batch.ItemStarts[group + 1]; at++)
                {
                    var pair = batch.PairByItem(at);
                    AddScaled(vectors.Start + ((nint)batch.User(pair) * _stride), batch.Slopes[pair], gradient);
                }
            }
        });
        RowPartition.Run(RowPartition.Create(_negatives, _ => 1), _options.Threads, cancellationToken, () => 0, (_, first, end) =>
        {
            for (var slot = first; slot < end; slot++)
            {
                var gradient = gradients.Start + ((nint)(users + negatives.Span[slot]) * _stride);
                foreach (var sums in _sums)
                {
                    AddScaled(sums.Start + ((nint)slot * _stride), 1, gradient);
                }
            }
        });
    }

    private void Copy(float* from, float* to) => new ReadOnlySpan<float>(from, _stride).CopyTo(new Span<float>(to, _stride));

    private void AddScaled(float* from, float factor, float* to)
    {
        for (var k = 0; k < _stride; k += Lanes16.Count)
        {
            Lanes16.AddScaled(from + k, factor, to + k);
        }
    }

    private static int[] Sequence(int count)
    {
        var ends = new int[count];
        for (var i = 0; i < count; i++)
        {
            ends[i] = i + 1;
        }

        return ends;
    }

    private sealed class Block(int scoreStride, int stride)
    {
        public PaddedFactors Users { get; } = new(BlockUsers, stride);

        public PaddedFactors Gradients { get; } = new(BlockUsers, stride);

        public PaddedFactors Scores { get; } = new(BlockUsers, PaddedFactors.Pad(scoreStride));
    }
}
