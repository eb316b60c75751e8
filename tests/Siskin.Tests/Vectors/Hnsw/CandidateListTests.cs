using Siskin.Vectors.Hnsw;

namespace Siskin.Tests.Vectors.Hnsw;

public sealed unsafe class CandidateListTests
{
    [Fact]
    public void Keys_order_by_score_and_give_it_back()
    {
        float[] scores = [float.MaxValue, 3.5f, 1e-30f, 0, -1e-30f, -2, -7.25f, float.MinValue];
        var keys = scores.Select(s => CandidateList.KeyOf(s, 5)).ToArray();
        Assert.Equal(keys.Order(), keys);
        Assert.Equal(scores, keys.Select(CandidateList.ScoreOf));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(100)]
    public void The_best_are_kept_in_order(int room)
    {
        var random = new Random(room);
        var keys = new ulong[room + 8];
        fixed (ulong* first = keys)
        {
            var list = new CandidateList(first, room);
            var all = new List<(float Score, int Slot)>();
            for (var i = 0; i < 500; i++)
            {
                // Few different scores, so that ties happen.
                var score = random.Next(200) - 100f;
                list.Push(i, score);
                all.Add((score, i));
                var best = all.OrderByDescending(p => p.Score).ThenBy(p => p.Slot).Take(room).ToArray();
                Assert.Equal(best.Length, list.Count);
                for (var j = 0; j < best.Length; j++)
                {
                    Assert.Equal((best[j].Score, best[j].Slot), (list.Score(j), list.Slot(j)));
                }
            }
        }
    }

    [Fact]
    public void Each_candidate_is_taken_once_the_best_first()
    {
        var keys = new ulong[16];
        fixed (ulong* first = keys)
        {
            var list = new CandidateList(first, 4);
            list.Push(1, 1);
            list.Push(2, 2);
            Assert.Equal(2, list.TakeNext());
            list.Push(3, 3);
            Assert.Equal(3, list.PeekNext());
            Assert.Equal(3, list.TakeNext());
            Assert.Equal(1, list.TakeNext());
            Assert.Equal(-1, list.TakeNext());
            Assert.Equal(-1, list.PeekNext());
        }
    }
}
