using System.Numerics;
using Siskin.Vectors.Lsh;

namespace Siskin.Tests.Vectors.Lsh;

public sealed class BitLshIndexTests
{
    private static readonly ulong[] Rows = Make(2000, 1);

    [Fact]
    public void All_flips_compare_every_row()
    {
        var query = Make(1, 2);
        var (ids, distances) = (new int[7], new int[7]);
        Assert.Equal(7, new BitLshIndex(Rows, 128, 6, 1).Search(query, ids, distances, 6));
        var expected = Enumerable.Range(0, 2000).OrderBy(row => Distance(query, row)).ThenBy(row => row).Take(7).ToArray();
        Assert.Equal(expected, ids);
        Assert.Equal(expected.Select(row => Distance(query, row)), distances);
    }

    [Theory]
    [InlineData(8, 2, 0)]
    [InlineData(8, 2, 1)]
    [InlineData(6, 1, 2)]
    public void Rows_at_a_distance_are_found_as_often_as_predicted(int sampled, int tables, int flips)
    {
        const int distance = 16;
        var index = new BitLshIndex(Rows, 128, sampled, tables, 5);
        var random = new Random(3);
        var found = 0;
        for (var row = 0; row < 2000; row++)
        {
            var query = Rows.AsSpan(row * 2, 2).ToArray();
            foreach (var bit in Enumerable.Range(0, 128).OrderBy(_ => random.Next()).Take(distance))
            {
                query[bit >> 6] ^= 1ul << (bit & 63);
            }

            var (ids, distances) = (new int[1], new int[1]);
            index.Search(query, ids, distances, flips);
            found += ids[0] == row ? 1 : 0;
        }

        var group = LshProbability.AtLeast(LshProbability.BitSampling(distance, 128), sampled - flips, sampled);
        Assert.Equal(LshProbability.Or(group, tables), found / 2000.0, 0.05);
    }

    [Fact]
    public void Fewer_than_k_are_padded_with_minus_one()
    {
        var (ids, distances) = (new int[3], new int[3]);
        Assert.Equal(2, new BitLshIndex([1, 2], 64, 1, 1).Search([1], ids, distances, 1));
        Assert.Equal([0, 1, -1], ids);
        Assert.Equal([0, 2, -1], distances);
    }

    [Fact]
    public void Wrong_numbers_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new BitLshIndex(new ulong[3], 128, 4, 1));
        Assert.Throws<ArgumentException>(() => new BitLshIndex(new ulong[2], 64, 25, 1));
        var index = new BitLshIndex(new ulong[2], 64, 4, 1);
        Assert.Throws<ArgumentException>(() => index.Search(new ulong[2], new int[1], new int[1]));
        Assert.Throws<ArgumentException>(() => index.Search(new ulong[1], new int[1], new int[2]));
        Assert.Throws<ArgumentException>(() => index.Search(new ulong[1], new int[1], new int[1], 5));
    }

    private static int Distance(ulong[] query, int row) => BitOperations.PopCount(query[0] ^ Rows[row * 2]) + BitOperations.PopCount(query[1] ^ Rows[(row * 2) + 1]);

    private static ulong[] Make(int rows, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows * 2).Select(_ => (ulong)random.NextInt64(long.MinValue, long.MaxValue))];
    }
}
