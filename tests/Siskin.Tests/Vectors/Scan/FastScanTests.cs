using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Siskin.Vectors.Scan;

namespace Siskin.Tests.Vectors.Scan;

public sealed unsafe class FastScanTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(32)]
    public void Sums_in_registers_equal_those_of_plain_loops(int groups)
    {
        var random = new Random(groups);
        var codes = new byte[groups * FastScan.GroupBytes];
        var tables = new byte[codes.Length];
        var expected = new ushort[32];
        var found = new ushort[32];
        for (var round = 0; round < 20; round++)
        {
            random.NextBytes(codes);
            random.NextBytes(tables);
            if (round == 0)
            {
                tables.AsSpan().Fill(255);
            }

            fixed (byte* c = codes, t = tables)
            {
                FastScan.SumsReference(c, t, groups, expected);
                FastScan.Sums128(c, t, groups).CopyTo(found);
                Assert.Equal(expected, found);
                if (Avx512BW.IsSupported)
                {
                    FastScan.Sums512(c, t, groups).CopyTo(found);
                    Assert.Equal(expected, found);
                }
            }
        }
    }

    [Fact]
    public void Own_numbers_are_scaled_by_the_upper_half_of_the_product()
    {
        var random = new Random(1);
        var numbers = new ushort[32];
        foreach (ref var x in numbers.AsSpan())
        {
            x = (ushort)random.Next(65536);
        }

        fixed (ushort* n = numbers)
        {
            var scaled = FastScan.Own((byte*)n, 12345);
            for (var i = 0; i < 32; i++)
            {
                Assert.Equal((ushort)((numbers[i] * 12345L) >> 16), scaled[i]);
            }
        }
    }
}
