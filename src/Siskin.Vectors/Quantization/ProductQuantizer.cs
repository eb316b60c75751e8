using System.Runtime.InteropServices;
using Siskin.Vectors.Kernels;

namespace Siskin.Vectors.Quantization;

/// <summary>Cuts vectors into sub-vectors and names each by the nearest of a few learned centroids.</summary>
/// <remarks>
/// Jégou, Douze and Schmid 2011. Sub-space j holds dimensions j·d/m up to (j + 1)·d/m, rounded down, so that any m up to d
/// will do. Immutable and safe for concurrent use.
/// </remarks>
internal sealed class ProductQuantizer
{
    private const int Iterations = 12;

    // Centroids of sub-space j: k rows of its width, from k·Start(j) on.
    private readonly float[] _centroids;

    private ProductQuantizer(int dimensions, int subSpaces, int k, float[] centroids) =>
        (Dimensions, SubSpaces, K, _centroids) = (dimensions, subSpaces, k, centroids);

    /// <summary>Numbers per vector, d.</summary>
    public int Dimensions { get; }

    /// <summary>Sub-vectors per vector, m.</summary>
    public int SubSpaces { get; }

    /// <summary>Centroids per sub-space.</summary>
    public int K { get; }

    /// <summary>Learns the centroids.</summary>
    /// <param name="rows">Row-major, n × d, n at least 1.</param>
    /// <param name="dimensions">d.</param>
    /// <param name="subSpaces">m, 1 to d.</param>
    /// <param name="k">Centroids per sub-space, 1 to 256.</param>
    /// <param name="seed">Of the choice of the first centroids.</param>
    /// <param name="threads">Threads that work; 0 takes one per processor.</param>
    /// <param name="sampleLimit">The most rows to learn from.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static ProductQuantizer Train(
        ReadOnlyMemory<float> rows, int dimensions, int subSpaces, int k, ulong seed, int threads = 0, int sampleLimit = 65_536, CancellationToken cancellationToken = default)
    {
        var centroids = new float[k * dimensions];
        var n = rows.Length / dimensions;
        var step = Math.Max(1, (n + sampleLimit - 1) / sampleLimit);
        var count = (n + step - 1) / step;
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.For(0, subSpaces, options, j =>
        {
            var (start, width) = Range(dimensions, subSpaces, j);
            var part = new float[count * width];
            for (var i = 0; i < count; i++)
            {
                rows.Span.Slice((int)(((long)i * step * dimensions) + start), width).CopyTo(part.AsSpan(i * width));
            }

            KMeans.Train(part, width, k, Iterations, seed + (ulong)j, 1, cancellationToken: cancellationToken).CopyTo(centroids, k * start);
        });
        return new(dimensions, subSpaces, k, centroids);
    }

    /// <summary>Makes the quantiser that <see cref="ToBytes"/> described.</summary>
    /// <exception cref="ArgumentException">The bytes are not those of a quantiser of this form.</exception>
    public static ProductQuantizer FromBytes(int dimensions, int k, ReadOnlySpan<byte> bytes)
    {
        var numbers = bytes.Length % sizeof(float) == 0 ? MemoryMarshal.Cast<byte, float>(bytes) : [];
        if (numbers.Length != 1 + ((long)k * dimensions) || !(numbers[0] >= 1 && numbers[0] <= dimensions))
        {
            throw new ArgumentException($"{bytes.Length} bytes hold no {k} centroids in each sub-space of {dimensions} dimensions");
        }

        return new(dimensions, (int)numbers[0], k, numbers[1..].ToArray());
    }

    /// <summary>Names the nearest centroid of each sub-vector.</summary>
    /// <param name="vector">Length d.</param>
    /// <param name="codes">Output, length m.</param>
    public void Encode(ReadOnlySpan<float> vector, Span<byte> codes)
    {
        for (var j = 0; j < SubSpaces; j++)
        {
            var (start, width) = Range(j);
            var x = vector.Slice(start, width);
            var best = float.PositiveInfinity;
            for (var c = 0; c < K; c++)
            {
                var centroid = _centroids.AsSpan((K * start) + (c * width), width);
                var distance = 0f;
                for (var i = 0; i < width; i++)
                {
                    var difference = x[i] - centroid[i];
                    distance += difference * difference;
                }

                if (distance < best)
                {
                    (best, codes[j]) = (distance, (byte)c);
                }
            }
        }
    }

    /// <summary>Puts the named centroids together.</summary>
    /// <param name="codes">Length m, each below <see cref="K"/>.</param>
    /// <param name="vector">Output, length d.</param>
    public void Decode(ReadOnlySpan<byte> codes, Span<float> vector)
    {
        for (var j = 0; j < SubSpaces; j++)
        {
            var (start, width) = Range(j);
            _centroids.AsSpan((K * start) + (codes[j] * width), width).CopyTo(vector[start..]);
        }
    }

    /// <summary>Inner products of a query's sub-vectors with all centroids.</summary>
    /// <param name="query">Length d.</param>
    /// <param name="tables">Output, m × <see cref="K"/>.</param>
    public void DotTables(ReadOnlySpan<float> query, Span<float> tables)
    {
        for (var j = 0; j < SubSpaces; j++)
        {
            var (start, width) = Range(j);
            var table = tables.Slice(j * K, K);
            if (width == 2)
            {
                // The usual width of short codes, without a call per centroid.
                var (x, y) = (query[start], query[start + 1]);
                var pairs = _centroids.AsSpan(K * start, 2 * K);
                for (var c = 0; c < table.Length; c++)
                {
                    table[c] = (x * pairs[2 * c]) + (y * pairs[(2 * c) + 1]);
                }
            }
            else
            {
                VectorMath.Dots(query.Slice(start, width), _centroids.AsSpan(K * start, K * width), width, table);
            }
        }
    }

    /// <summary>Squared distances of a query's sub-vectors to all centroids.</summary>
    /// <param name="query">Length d.</param>
    /// <param name="tables">Output, m × <see cref="K"/>.</param>
    public void SquaredL2Tables(ReadOnlySpan<float> query, Span<float> tables)
    {
        for (var j = 0; j < SubSpaces; j++)
        {
            var (start, width) = Range(j);
            VectorMath.SquaredL2s(query.Slice(start, width), _centroids.AsSpan(K * start, K * width), width, tables.Slice(j * K, K));
        }
    }

    /// <summary>What was learned, for the file.</summary>
    public byte[] ToBytes() => MemoryMarshal.AsBytes<float>([SubSpaces, .. _centroids]).ToArray();

    private (int Start, int Width) Range(int j) => Range(Dimensions, SubSpaces, j);

    private static (int Start, int Width) Range(int d, int m, int j)
    {
        var start = (int)((long)j * d / m);
        return (start, (int)((long)(j + 1) * d / m) - start);
    }
}
