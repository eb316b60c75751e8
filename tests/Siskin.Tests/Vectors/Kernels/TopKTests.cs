using Siskin.Vectors.Kernels;

namespace Siskin.Tests.Vectors.Kernels;

public sealed class TopKTests
{
    [Fact]
    public void Selection_equals_a_full_sort_with_ties_by_lower_id()
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var scores = new float[random.Next(0, 90)];
            foreach (ref var score in scores.AsSpan())
            {
                score = random.Next(-4, 4);
            }

            var k = random.Next(1, 20);
            var expected = Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ThenBy(i => i).Take(k).ToArray();
            var (ids, best) = (new int[k], new float[k]);
            var count = TopK.Select(scores, ids, best);
            Assert.Equal(expected, ids[..count]);
            Assert.Equal(expected.Select(i => scores[i]), best[..count]);
            Assert.All(ids[count..], id => Assert.Equal(-1, id));
            Assert.All(best[count..], score => Assert.Equal(float.NegativeInfinity, score));
        }
    }

    [Fact]
    public void Order_of_arrival_does_not_change_who_wins_a_tie()
    {
        var (ids, scores) = (new int[2], new float[2]);
        var selection = new TopK(ids, scores);
        foreach (var id in new[] { 9, 3, 7, 1, 8 })
        {
            selection.Push(id, 5);
        }

        Assert.Equal(2, selection.Finish());
        Assert.Equal([1, 3], ids);
    }

    [Fact]
    public void NaN_and_minus_infinity_never_enter_and_plus_infinity_does()
    {
        var (ids, best) = (new int[3], new float[3]);
        var count = TopK.Select([float.NaN, float.NegativeInfinity, -1, float.PositiveInfinity, float.NaN, 0, 0, 0, 0, 0], ids, best);
        Assert.Equal(3, count);
        Assert.Equal([3, 5, 6], ids);
        Assert.Equal(0, TopK.Select([float.NaN, float.NegativeInfinity], ids, best));
    }

    [Fact]
    public void Room_for_nothing_selects_nothing() => Assert.Equal(0, TopK.Select([1, 2], [], []));
}
