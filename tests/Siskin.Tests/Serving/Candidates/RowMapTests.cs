using Siskin.Serving.Candidates;

namespace Siskin.Tests.Serving.Candidates;

public sealed class RowMapTests
{
    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 64)]
    [InlineData(3, 1000)]
    public void Random_operations_agree_with_a_dictionary(int seed, int capacity)
    {
        var random = new Random(seed);
        var map = new RowMap(capacity);
        var model = new Dictionary<int, int>();
        for (var step = 0; step < 50_000; step++)
        {
            // Few distinct rows, so that adds hit rows that are there; large ones as well, so that the hash is put to work.
            var row = random.Next(4) == 0 ? int.MaxValue - random.Next(300) : random.Next(600) * 64;
            switch (random.Next(5))
            {
                case 0:
                    Assert.Equal(model.TryAdd(row, step), map.TryAdd(row, step));
                    break;
                case 1:
                    var isNew = !model.ContainsKey(row);
                    ref var value = ref map.GetOrAdd(row, step, out var added);
                    Assert.Equal(isNew, added);
                    Assert.Equal(model.GetValueOrDefault(row, step), value);
                    value = model[row] = step + 1;
                    break;
                case 2:
                    Assert.Equal(model.ContainsKey(row), map.Contains(row));
                    break;
                case 3:
                    Assert.Equal(model.TryGetValue(row, out var expected), map.TryGet(row, out var found));
                    Assert.True(!model.ContainsKey(row) || expected == found);
                    break;
                default:
                    if (random.Next(500) == 0)
                    {
                        map.Clear();
                        model.Clear();
                    }

                    break;
            }

            Assert.Equal(model.Count, map.Count);
        }
    }

    [Fact]
    public void Rows_of_an_earlier_generation_are_gone_even_after_growth()
    {
        var map = new RowMap(8);
        for (var generation = 0; generation < 1000; generation++)
        {
            map.Clear();
            for (var row = generation; row < generation + 20; row++)
            {
                Assert.True(map.TryAdd(row, generation));
            }

            Assert.False(map.Contains(generation - 1));
            Assert.True(map.TryGet(generation + 19, out var value) && value == generation);
        }
    }
}
