using System.Runtime.Intrinsics;
using Siskin.Vectors.Kernels;

namespace Siskin.Tests.Vectors.Kernels;

public sealed class VectorMathTests
{
    public static TheoryData<int> Lengths => [0, 1, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 129, 192];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Fast_kernels_equal_the_plain_reference_at_every_length(int d)
    {
        var (x, y) = (Random(d, 1), Random(d, 2));
        Assert.Equal(VectorMathReference.Dot(x, y), VectorMath.Dot(x, y), 1e-4);
        Assert.Equal(VectorMathReference.SquaredL2(x, y), VectorMath.SquaredL2(x, y), 1e-4);
        Assert.Equal(Math.Sqrt(VectorMathReference.Dot(x, x)), VectorMath.Norm(x), 1e-4);
        var (fast, plain) = ((float[])y.Clone(), (float[])y.Clone());
        VectorMath.AddScaled(x, -0.7f, fast);
        VectorMathReference.AddScaled(x, -0.7f, plain);
        Assert.Equal(plain, fast, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(64)]
    [InlineData(129)]
    public void Every_vector_width_equals_the_plain_reference(int d)
    {
        Check<Lanes128, Vector128<float>>(d);
        Check<Lanes256, Vector256<float>>(d);
        Check<Lanes512, Vector512<float>>(d);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(17, 1)]
    [InlineData(64, 9)]
    public void One_to_many_equals_one_to_one(int d, int n)
    {
        var (query, rows) = (Random(d, 6), Random(d * n, 7));
        var (dots, distances) = (new float[n], new float[n]);
        VectorMath.Dots(query, rows, d, dots);
        VectorMath.SquaredL2s(query, rows, d, distances);
        for (var i = 0; i < n; i++)
        {
            Assert.Equal(VectorMath.Dot(query, rows.AsSpan(i * d, d)), dots[i], 1e-4);
            Assert.Equal(VectorMath.SquaredL2(query, rows.AsSpan(i * d, d)), distances[i], 1e-4);
        }
    }

    [Fact]
    public void Vectors_of_different_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => VectorMath.Dot(new float[3], new float[4]));
        Assert.Throws<ArgumentException>(() => VectorMath.AddScaled(new float[3], 1, new float[4]));
        Assert.Throws<ArgumentException>(() => VectorMath.Dots(new float[3], new float[7], 3, new float[2]));
    }

    private static void Check<TLanes, TVector>(int d)
        where TLanes : struct, ISimdLanes<TVector>
        where TVector : struct
    {
        var (x, y) = (Random(d, 3), Random(d, 4));
        Assert.Equal(VectorMathReference.Dot(x, y), FloatKernels<TLanes, TVector>.Dot(ref x[0], ref y[0], d), 1e-4);
        Assert.Equal(VectorMathReference.SquaredL2(x, y), FloatKernels<TLanes, TVector>.SquaredL2(ref x[0], ref y[0], d), 1e-4);
        var rows = Random(d * 7, 5);
        var (expected, actual) = (new float[7], new float[7]);
        VectorMathReference.Dots(x, rows, d, expected);
        FloatKernels<TLanes, TVector>.Dots(ref x[0], ref rows[0], d, actual);
        Assert.Equal(expected, actual, (a, b) => Math.Abs(a - b) < 1e-4);
    }

    private static float[] Random(int length, int seed)
    {
        var random = new Random(seed);
        var values = new float[length];
        foreach (ref var value in values.AsSpan())
        {
            value = (random.NextSingle() * 2) - 1;
        }

        return values;
    }
}
