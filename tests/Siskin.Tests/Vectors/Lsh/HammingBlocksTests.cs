using System.Numerics;
using Siskin.Vectors.Lsh;

namespace Siskin.Tests.Vectors.Lsh;

public sealed unsafe class HammingBlocksTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(16)]
    public void Fast_and_plain_comparison_give_the_rows_within_the_distance(int words)
    {
        var random = new Random(words);
        var blocks = new BlockOf<ulong>(HammingBlocks.Words(24, words));
        var rows = new ulong[24][];
        for (var row = 0; row < 24; row++)
        {
            rows[row] = Words(random, words);
            if (row == 3)
            {
                Array.Fill(rows[row], ulong.MaxValue);
            }

            fixed (ulong* sketch = rows[row])
            {
                HammingBlocks.Set(blocks.Pointer, row, words, sketch);
                var back = new ulong[words];
                fixed (ulong* to = back)
                {
                    HammingBlocks.Get(blocks.Pointer, row, words, to);
                }

                Assert.Equal(rows[row], back);
            }
        }

        var query = words == 7 ? new ulong[words] : Words(random, words);
        fixed (ulong* q = query)
        {
            for (var most = -1; most <= 64 * words; most++)
            {
                for (var block = 0; block < 3; block++)
                {
                    var expected = Enumerable.Range(0, 8)
                        .Where(i => rows[(block * 8) + i].Zip(query, (a, b) => BitOperations.PopCount(a ^ b)).Sum() <= most)
                        .Aggregate(0u, (mask, i) => mask | (1u << i));
                    var at = blocks.Pointer + (block * 8 * words);
                    Assert.Equal(expected, HammingBlocks.Within(at, q, words, most));
                    Assert.Equal(expected, HammingBlocks.WithinReference(at, q, words, most));
                }
            }
        }
    }

    [Fact]
    public void The_bound_falls_with_the_angle_and_lets_equal_vectors_through()
    {
        var bound = new SketchBound(256, 1);
        Assert.Equal(-1, bound.Most(1.1f));
        Assert.Equal(0, bound.Most(1));
        Assert.Equal(256, bound.Most(-1));
        Assert.Equal(256, bound.Most(float.NegativeInfinity));

        // At a right angle half the bits differ: 128 + √(256 · ¼).
        Assert.InRange(bound.Most(0), 136, 137);
        for (var cosine = -1f; cosine < 1; cosine += 0.01f)
        {
            Assert.True(bound.Most(cosine) >= bound.Most(cosine + 0.01f));
        }
    }

    private static ulong[] Words(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (ulong)random.NextInt64())];
}
