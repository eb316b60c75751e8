using System.Buffers;
using System.Runtime.InteropServices;
using Siskin.Vectors.Kernels;

namespace Siskin.Vectors.Quantization;

/// <summary>Lloyd's k-means by squared distance: centroids of vectors, and the nearest centroid of each vector.</summary>
/// <remarks>
/// Starts from k different rows chosen at random; a cluster that runs empty takes half of the fullest one, whose centroid
/// is doubled and moved a little to both sides. The same rows, k and seed give the same centroids on one machine whatever the number of
/// threads: rows are assigned in parallel, sums run in the order of the rows. Rows are compared relative to a point in
/// their middle, so that it does not matter how far from zero they lie.
/// </remarks>
internal static class KMeans
{
    private const int MaxBlockRows = 256;
    private const int MinBlockRows = 16;
    private const int BlockProducts = 1 << 20;
    private const float Nudge = 1f / 1024;

    /// <summary>Finds centroids.</summary>
    /// <param name="rows">Row-major, n × d, finite.</param>
    /// <param name="d">Dimensions, at least 1.</param>
    /// <param name="k">How many, 1 or more; when there are fewer rows, some centroids are equal.</param>
    /// <param name="iterations">Rounds, 0 or more; fewer when nothing changes any more.</param>
    /// <param name="seed">Of the choice of the first centroids and of the sample.</param>
    /// <param name="threads">Threads that work; 0 takes one per processor.</param>
    /// <param name="sampleLimit">When there are more rows than this, so many different ones chosen at random stand for all.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Row-major, k × d.</returns>
    /// <exception cref="ArgumentException">There are no rows.</exception>
    public static float[] Train(
        ReadOnlyMemory<float> rows, int d, int k, int iterations, ulong seed, int threads = 0, int sampleLimit = int.MaxValue, CancellationToken cancellationToken = default)
    {
        var n = rows.Length / d;
        if (n == 0)
        {
            throw new ArgumentException("centroids are learned from rows, and there are none");
        }

        // In random order, so that the first k are chosen at random.
        rows = Gather(rows.Span, d, Sample(n, Math.Max(k, Math.Min(n, sampleLimit)), seed));
        n = rows.Length / d;
        var middle = MeanOf(rows.Span, d);
        var numbers = MemoryMarshal.AsMemory(rows);
        Shift(numbers.Span, middle, -1);
        var centroids = new float[k * d];
        for (var c = 0; c < k; c++)
        {
            rows.Span.Slice(c % n * d, d).CopyTo(centroids.AsSpan(c * d));
        }

        var nearest = new int[n];
        var before = new int[n];
        for (var round = 0; round < iterations; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            AssignShifted(rows, d, [], centroids, nearest, threads, cancellationToken);
            if (round > 0 && nearest.AsSpan().SequenceEqual(before))
            {
                break;
            }

            Average(rows.Span, d, nearest, centroids);
            nearest.CopyTo(before, 0);
        }

        Shift(centroids, middle, 1);
        return centroids;
    }

    /// <summary>Finds the nearest centroid of each row; the first of equally near ones.</summary>
    /// <param name="rows">Row-major, n × d.</param>
    /// <param name="d">Dimensions, at least 1.</param>
    /// <param name="centroids">Row-major, k × d.</param>
    /// <param name="nearest">Output, length n.</param>
    /// <param name="threads">Threads that work; 0 takes one per processor.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <remarks>Compares ½‖c‖² − x·c, register-tiled: rows nearly as near to two centroids may go to either.</remarks>
    public static void Assign(ReadOnlyMemory<float> rows, int d, float[] centroids, Memory<int> nearest, int threads = 0, CancellationToken cancellationToken = default)
    {
        var middle = MeanOf(centroids, d);
        var shifted = centroids.AsSpan().ToArray();
        Shift(shifted, middle, -1);
        AssignShifted(rows, d, middle, shifted, nearest, threads, cancellationToken);
    }

    /// <summary>The mean of rows.</summary>
    /// <param name="rows">Row-major, n × d, n at least 1.</param>
    /// <param name="d">Dimensions.</param>
    public static float[] MeanOf(ReadOnlySpan<float> rows, int d)
    {
        var sums = new double[d];
        for (var start = 0; start < rows.Length; start += d)
        {
            for (var j = 0; j < d; j++)
            {
                sums[j] += rows[start + j];
            }
        }

        var mean = new float[d];
        for (var j = 0; j < d; j++)
        {
            mean[j] = (float)(sums[j] * d / rows.Length);
        }

        return mean;
    }

    // The centroids are relative to the middle; the rows are too when it is empty.
    private static void AssignShifted(ReadOnlyMemory<float> rows, int d, float[] middle, float[] centroids, Memory<int> nearest, int threads, CancellationToken cancellationToken)
    {
        var k = centroids.Length / d;
        var halfNorms = new float[k];
        for (var c = 0; c < k; c++)
        {
            var centroid = centroids.AsSpan(c * d, d);
            halfNorms[c] = VectorMath.Dot(centroid, centroid) / 2;
        }

        var n = nearest.Length;
        var blockRows = Math.Clamp(BlockProducts / k, MinBlockRows, MaxBlockRows);
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.For(0, (n + blockRows - 1) / blockRows, options, block =>
        {
            var first = block * blockRows;
            var count = Math.Min(blockRows, n - first);
            var own = rows.Span.Slice(first * d, count * d);
            var products = ArrayPool<float>.Shared.Rent(count * k);
            var shifted = ArrayPool<float>.Shared.Rent(middle.Length > 0 ? count * d : 0);
            if (middle.Length > 0)
            {
                own.CopyTo(shifted);
                Shift(shifted.AsSpan(0, own.Length), middle, -1);
                own = shifted.AsSpan(0, own.Length);
            }

            VectorMath.DotsManyToMany(own, centroids, d, products.AsSpan(0, count * k));
            for (var i = 0; i < count; i++)
            {
                nearest.Span[first + i] = Nearest(products.AsSpan(i * k, k), halfNorms);
            }

            ArrayPool<float>.Shared.Return(products);
            ArrayPool<float>.Shared.Return(shifted);
        });
    }

    private static void Shift(Span<float> rows, float[] by, float sign)
    {
        for (var start = 0; start < rows.Length; start += by.Length)
        {
            var row = rows.Slice(start, by.Length);
            for (var j = 0; j < row.Length; j++)
            {
                row[j] += sign * by[j];
            }
        }
    }

    private static int Nearest(ReadOnlySpan<float> products, ReadOnlySpan<float> halfNorms)
    {
        var (best, at) = (float.NegativeInfinity, 0);
        for (var c = 0; c < products.Length; c++)
        {
            var value = products[c] - halfNorms[c];
            if (value > best)
            {
                (best, at) = (value, c);
            }
        }

        return at;
    }

    private static void Average(ReadOnlySpan<float> rows, int d, ReadOnlySpan<int> nearest, float[] centroids)
    {
        var k = centroids.Length / d;
        var counts = new int[k];
        var sums = new double[(long)k * d];
        for (var i = 0; i < nearest.Length; i++)
        {
            var row = rows.Slice(i * d, d);
            var sum = sums.AsSpan(nearest[i] * d, d);
            for (var j = 0; j < d; j++)
            {
                sum[j] += row[j];
            }

            counts[nearest[i]]++;
        }

        for (var c = 0; c < k; c++)
        {
            for (var j = 0; j < d && counts[c] > 0; j++)
            {
                centroids[(c * d) + j] = (float)(sums[(c * d) + j] / counts[c]);
            }
        }

        for (var c = 0; c < k; c++)
        {
            if (counts[c] > 0)
            {
                continue;
            }

            var fullest = counts.AsSpan().IndexOf(counts.Max());
            if (counts[fullest] < 2)
            {
                break;
            }

            for (var j = 0; j < d; j++)
            {
                var value = centroids[(fullest * d) + j];
                var side = (j & 1) == 0 ? Nudge : -Nudge;
                centroids[(c * d) + j] = value * (1 + side);
                centroids[(fullest * d) + j] = value * (1 - side);
            }

            counts[c] = counts[fullest] / 2;
            counts[fullest] -= counts[c];
        }
    }

    // Different row numbers in random order: the beginning of a Fisher-Yates shuffle.
    private static int[] Sample(int n, int count, ulong seed)
    {
        var numbers = new int[n];
        for (var i = 0; i < n; i++)
        {
            numbers[i] = i;
        }

        var state = seed;
        count = Math.Min(count, n);
        for (var i = 0; i < count; i++)
        {
            var other = i + (int)Math.BigMul(NextRandom(ref state), (ulong)(n - i), out _);
            (numbers[i], numbers[other]) = (numbers[other], numbers[i]);
        }

        return numbers[..count];
    }

    // SplitMix64 (Steele, Lea and Flood 2014).
    private static ulong NextRandom(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private static float[] Gather(ReadOnlySpan<float> rows, int d, int[] order)
    {
        var chosen = new float[order.Length * d];
        for (var i = 0; i < order.Length; i++)
        {
            rows.Slice(order[i] * d, d).CopyTo(chosen.AsSpan(i * d));
        }

        return chosen;
    }
}
