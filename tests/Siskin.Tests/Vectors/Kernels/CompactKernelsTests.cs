using System.Runtime.Intrinsics;
using Siskin.Vectors.Kernels;

namespace Siskin.Tests.Vectors.Kernels;

public sealed class CompactKernelsTests
{
    public static TheoryData<int> Lengths => [0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 100, 129, 192, 255];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Kernels_over_halves_equal_the_plain_reference(int d)
    {
        var (x, y) = (Floats(d, 1), Halves(d, 2));
        Assert.Equal(VectorMathReference.Dot(x, y), VectorMath.Dot(x, y), 1e-3);
        Assert.Equal(VectorMathReference.SquaredL2(x, y), VectorMath.SquaredL2(x, y), 1e-3);
        Assert.Equal(MathF.Sqrt(VectorMathReference.SquaredNorm(y)), VectorMath.Norm(y), 1e-3);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(129)]
    public void Every_vector_width_over_halves_equals_the_plain_reference(int d)
    {
        Check<Lanes128, Vector128<float>>(d);
        Check<Lanes256, Vector256<float>>(d);
        Check<Lanes512, Vector512<float>>(d);
    }

    [Fact]
    public void Halves_of_every_size_are_widened_without_loss()
    {
        // Zero, the smallest and largest normal numbers, and numbers below the normal range.
        Half[] y = [Half.Zero, Half.Epsilon, (Half)6.1e-5f, (Half)1e-6f, Half.MaxValue, Half.MinValue, (Half)(-1e-7f), (Half)0.333f];
        foreach (var d in new[] { 8, 16, 24, 32, 40 })
        {
            var many = Enumerable.Range(0, d).Select(i => y[i % 8]).ToArray();
            for (var i = 0; i < d; i++)
            {
                var unit = new float[d];
                unit[i] = 1;
                Assert.Equal((float)many[i], VectorMath.Dot(unit, many));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Kernels_over_bytes_equal_the_plain_reference_exactly(int d)
    {
        var random = new Random(d);
        var (x, y, u) = (new sbyte[d], new sbyte[d], new byte[d]);
        for (var i = 0; i < d; i++)
        {
            (x[i], y[i], u[i]) = ((sbyte)random.Next(-128, 128), (sbyte)random.Next(-128, 128), (byte)random.Next(256));
        }

        Check(x, y, u);
        Array.Fill(x, (sbyte)-128);
        Array.Fill(y, (sbyte)-128);
        Array.Fill(u, (byte)255);
        Check(x, y, u);
        Array.Fill(y, (sbyte)127);
        Check(x, y, u);

        static void Check(sbyte[] x, sbyte[] y, byte[] u)
        {
            Assert.Equal(VectorMathReference.Dot(x.AsSpan(), y.AsSpan()), VectorMath.Dot(x.AsSpan(), y.AsSpan()));
            Assert.Equal(VectorMathReference.Dot(u.AsSpan(), y.AsSpan()), VectorMath.Dot(u.AsSpan(), y.AsSpan()));
            Assert.Equal(VectorMathReference.SquaredL2(x, y), VectorMath.SquaredL2((ReadOnlySpan<sbyte>)x, y));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(33)]
    public void Hamming_distances_equal_the_plain_reference(int words)
    {
        var random = new Random(words);
        var (query, rows) = (Words(random, words), Words(random, words * 11));
        var distances = new int[11];
        VectorMath.Hammings(query, rows, distances);
        for (var row = 0; row < 11; row++)
        {
            var expected = VectorMathReference.Hamming(query, rows.AsSpan(row * words, words));
            Assert.Equal(expected, distances[row]);
            Assert.Equal(expected, VectorMath.Hamming(query, rows.AsSpan(row * words, words)));
        }

        Assert.Equal(64 * words, VectorMath.Hamming(query, query.Select(w => ~w).ToArray()));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 17, 5)]
    [InlineData(64, 40, 37)]
    [InlineData(192, 33, 130)]
    public void Many_to_many_equals_one_to_many(int d, int queries, int rows)
    {
        var (q, r) = (Floats(queries * d, 3), Floats(rows * d, 4));
        var (dots, distances) = (new float[queries * rows], new float[queries * rows]);
        VectorMath.DotsManyToMany(q, r, d, dots);
        VectorMath.SquaredL2sManyToMany(q, r, d, distances);
        var (expectedDots, expectedDistances) = (new float[rows], new float[rows]);
        for (var i = 0; i < queries; i++)
        {
            VectorMathReference.Dots(q.AsSpan(i * d, d), r, d, expectedDots);
            VectorMathReference.SquaredL2s(q.AsSpan(i * d, d), r, d, expectedDistances);
            Assert.Equal(expectedDots, dots[(i * rows)..((i + 1) * rows)], (a, b) => Math.Abs(a - b) < 1e-3);
            Assert.Equal(expectedDistances, distances[(i * rows)..((i + 1) * rows)], (a, b) => Math.Abs(a - b) < 1e-3);
        }
    }

    [Fact]
    public void Compact_vectors_of_different_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => VectorMath.Dot(new float[3], new Half[4]));
        Assert.Throws<ArgumentException>(() => VectorMath.Dot(new sbyte[3].AsSpan(), new sbyte[4].AsSpan()));
        Assert.Throws<ArgumentException>(() => VectorMath.Hamming(new ulong[3], new ulong[4]));
    }

    private static void Check<TLanes, TVector>(int d)
        where TLanes : struct, ISimdLanes<TVector>
        where TVector : struct
    {
        var (x, y) = (Floats(d, 5), Halves(d, 6));
        var bits = y.Select(BitConverter.HalfToUInt16Bits).ToArray();
        Assert.Equal(VectorMathReference.Dot(x, y), HalfKernels<TLanes, TVector>.Dot(ref x[0], ref bits[0], d), 1e-3);
        Assert.Equal(VectorMathReference.SquaredL2(x, y), HalfKernels<TLanes, TVector>.SquaredL2(ref x[0], ref bits[0], d), 1e-3);
        Assert.Equal(VectorMathReference.SquaredNorm(y), HalfKernels<TLanes, TVector>.SquaredNorm(ref bits[0], d), 1e-3);
    }

    private static ulong[] Words(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (ulong)random.NextInt64(long.MinValue, long.MaxValue))];

    private static float[] Floats(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    private static Half[] Halves(int length, int seed) => [.. Floats(length, seed).Select(f => (Half)f)];
}
