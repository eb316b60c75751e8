using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Siskin.Vectors.Kernels;

namespace Siskin.Tests.Vectors.Kernels;

/// <summary>Kernels of instruction sets that the processor at hand has but would not choose.</summary>
public sealed class KernelWidthTests
{
    public static TheoryData<int> Lengths => [0, 1, 7, 15, 16, 17, 31, 32, 33, 63, 64, 65, 95, 96, 97, 192, 255];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Bytes_give_the_same_sums_by_every_set_of_instructions(int d)
    {
        var random = new Random(d);

        // One element more, so that there is a first one to refer to.
        var (x, y, u) = (new sbyte[d + 1], new sbyte[d + 1], new byte[d + 1]);
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < d; i++)
            {
                (x[i], y[i], u[i]) = round switch
                {
                    0 => ((sbyte)random.Next(-128, 128), (sbyte)random.Next(-128, 128), (byte)random.Next(256)),
                    1 => (sbyte.MinValue, sbyte.MinValue, byte.MaxValue),
                    _ => (sbyte.MinValue, sbyte.MaxValue, byte.MaxValue),
                };
            }

            var signed = VectorMathReference.Dot(x.AsSpan(0, d), y.AsSpan(0, d));
            var unsigned = VectorMathReference.Dot(u.AsSpan(0, d), y.AsSpan(0, d));
            Assert.Equal(signed, Int8Kernels.Dot128(ref x[0], ref y[0], d));
            Assert.Equal(unsigned, Int8Kernels.Dot128(ref u[0], ref y[0], d));
            if (Avx2.IsSupported)
            {
                Assert.Equal(signed, Int8Kernels.Dot256(ref x[0], ref y[0], d));
                Assert.Equal(unsigned, Int8Kernels.Dot256(ref u[0], ref y[0], d));
            }

            if (Avx512BW.IsSupported)
            {
                Assert.Equal(signed, Int8Kernels.Dot512(ref x[0], ref y[0], d));
                Assert.Equal(unsigned, Int8Kernels.Dot512(ref u[0], ref y[0], d));
            }

            if (AvxVnni.IsSupported)
            {
                Assert.Equal(signed, Int8Kernels.DotVnni(ref x[0], ref y[0], d));
                Assert.Equal(unsigned, Int8Kernels.DotVnni(ref u[0], ref y[0], d));
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(45)]
    [InlineData(300)]
    public void Bits_give_the_same_counts_by_every_set_of_instructions(int words)
    {
        var random = new Random(words);
        var (x, y) = (new ulong[words + 1], new ulong[words + 1]);
        for (var i = 0; i < words; i++)
        {
            // The first words differ in every bit: the counts of a byte reach 8.
            x[i] = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            y[i] = i < words / 2 ? ~x[i] : (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        }

        var expected = VectorMathReference.Hamming(x, y);
        Assert.Equal(expected, HammingKernels.Words(ref x[0], ref y[0], words));
        if (Avx2.IsSupported)
        {
            Assert.Equal(expected, HammingKernels.Bytes256(ref x[0], ref y[0], words));
        }

        if (Avx512BW.IsSupported)
        {
            Assert.Equal(expected, HammingKernels.Bytes512(ref x[0], ref y[0], words));
        }
    }

    [Theory]
    [InlineData(16, 4)]
    [InlineData(17, 9)]
    [InlineData(40, 7)]
    [InlineData(63, 3)]
    [InlineData(129, 6)]
    [InlineData(192, 5)]
    public void One_to_many_is_bit_for_bit_one_to_one_in_every_width(int d, int n)
    {
        OneToMany<Lanes128, Vector128<float>>(d, n);
        OneToMany<Lanes256, Vector256<float>>(d, n);
        OneToMany<Lanes512, Vector512<float>>(d, n);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(193)]
    public void Tiles_of_every_width_and_number_of_rows_hold_the_plain_products(int d)
    {
        for (var rows = 1; rows <= QueryPanel.TileRows; rows++)
        {
            Tile<Lanes128, Vector128<float>>(d, rows);
            Tile<Lanes256, Vector256<float>>(d, rows);
            Tile<Lanes512, Vector512<float>>(d, rows);
        }
    }

    [Fact]
    public void Every_half_becomes_the_same_float_in_every_width()
    {
        var halves = new ushort[1 << 16];
        for (var i = 0; i < halves.Length; i++)
        {
            halves[i] = (ushort)i;
        }

        Widen<Lanes128, Vector128<float>>(halves);
        Widen<Lanes256, Vector256<float>>(halves);
        Widen<Lanes512, Vector512<float>>(halves);
    }

    private static void Widen<TLanes, TVector>(ushort[] halves)
        where TLanes : struct, ISimdLanes<TVector>
        where TVector : struct
    {
        var floats = new float[TLanes.Count];
        for (var i = 0; i < halves.Length; i += TLanes.Count)
        {
            TLanes.Store(TLanes.LoadHalf(ref halves[0], i), ref floats[0], 0);
            for (var lane = 0; lane < floats.Length; lane++)
            {
                var expected = (float)BitConverter.UInt16BitsToHalf(halves[i + lane]);
                var same = float.IsNaN(expected) ? float.IsNaN(floats[lane]) : BitConverter.SingleToUInt32Bits(expected) == BitConverter.SingleToUInt32Bits(floats[lane]);
                Assert.True(same, $"half {halves[i + lane]:X4}: expected {expected}, found {floats[lane]}");
            }
        }
    }

    private static void OneToMany<TLanes, TVector>(int d, int n)
        where TLanes : struct, ISimdLanes<TVector>
        where TVector : struct
    {
        var (query, rows) = (Floats(d, 1), Floats(d * n, 2));
        var (dots, distances) = (new float[n], new float[n]);
        FloatKernels<TLanes, TVector>.Dots(ref query[0], ref rows[0], d, dots);
        FloatKernels<TLanes, TVector>.SquaredL2s(ref query[0], ref rows[0], d, distances);
        for (var i = 0; i < n; i++)
        {
            ref var row = ref rows[i * d];
            Assert.Equal(FloatKernels<TLanes, TVector>.Dot(ref query[0], ref row, d), dots[i]);
            Assert.Equal(FloatKernels<TLanes, TVector>.SquaredL2(ref query[0], ref row, d), distances[i]);
            Assert.Equal(VectorMathReference.Dot(query, rows.AsSpan(i * d, d)), dots[i], 1e-4);
            Assert.Equal(VectorMathReference.SquaredL2(query, rows.AsSpan(i * d, d)), distances[i], 1e-4);
        }
    }

    private static unsafe void Tile<TLanes, TVector>(int d, int rows)
        where TLanes : struct, ISimdLanes<TVector>
        where TVector : struct
    {
        // One vector less than there are lanes: the last lane must be 0.
        var width = 2 * TLanes.Count;
        var (vectors, matrix) = (Floats((width - 1) * d, 3), Floats(rows * d, 4));
        var (panel, tile) = (new float[width * d], new float[QueryPanel.TileRows * width]);
        Array.Fill(panel, float.NaN);
        QueryPanel.Pack(vectors, d, panel, width);
        fixed (float* p = panel, r = matrix, t = tile)
        {
            QueryPanel.Multiply<TLanes, TVector>(p, r, rows, d, t);
        }

        for (var row = 0; row < rows; row++)
        {
            for (var lane = 0; lane < width - 1; lane++)
            {
                var expected = VectorMathReference.Dot(vectors.AsSpan(lane * d, d), matrix.AsSpan(row * d, d));
                Assert.Equal(expected, tile[(row * width) + lane], 1e-4);
            }

            Assert.Equal(0, tile[(row * width) + width - 1]);
        }
    }

    private static float[] Floats(int length, int seed)
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
