using Siskin.Vectors;
using Siskin.Vectors.Lsh;

namespace Siskin.Tests.Vectors.Lsh;

public sealed unsafe class ProbeSequenceTests
{
    [Theory]
    [InlineData(1, 4, 1)]
    [InlineData(3, 4, 2)]
    [InlineData(5, 3, 3)]
    [InlineData(9, 1, 3)]
    public void Integer_probes_are_all_steps_in_the_order_of_their_scores(int functions, int far, int seed)
    {
        var options = new LshOptions { Family = LshFamily.GaussianProjection, Functions = functions, Tables = 2, BucketWidth = 1, Seed = seed };
        var model = new LshModel(VectorMetric.L2, options, new float[6]);
        var values = Projected(model, seed);

        // Every combination of −far … far, scored by the squared distances to the furthest borders that it crosses.
        var width = (2 * far) + 1;
        var scores = new Dictionary<ulong, double>();
        for (var combination = 0; combination < Math.Pow(width, functions); combination++)
        {
            var (score, sum) = (0.0, 0ul);
            for (var (j, rest) = (0, combination); j < functions; j++, rest /= width)
            {
                var value = values[functions + j];
                var step = (rest % width) - far;
                var below = value - MathF.Floor(value);
                score += step == 0 ? 0 : Math.Pow(step < 0 ? below - step - 1 : step - below, 2);
                sum += (ulong)((long)MathF.Floor(value) + step) * model.Multipliers[functions + j];
            }

            scores.Add(SeededRandom.Mix(sum), score);
        }

        // Sums of floats, each within some 1e-6 of the sum of doubles, may change places.
        var found = Keys(model, values, 1);
        Assert.Equal(scores.Keys.Order(), found.Order());
        Assert.All(found.Zip(found.Skip(1)), pair => Assert.True(scores[pair.First] <= scores[pair.Second] + 1e-5));
    }

    [Fact]
    public void Sign_probes_are_all_flips_in_the_order_of_their_scores()
    {
        var model = new LshModel(VectorMetric.Cosine, new LshOptions { Functions = 6 }, new float[6]);
        var values = Projected(model, 4);
        var own = model.SignKey(values);
        var expected = Enumerable.Range(0, 64)
            .OrderBy(flips => Enumerable.Range(0, 6).Where(j => ((flips >> j) & 1) != 0).Sum(j => values[j] * (double)values[j]))
            .Select(flips => own ^ (ulong)flips);
        Assert.Equal(expected, Keys(model, values, 0));
    }

    [Fact]
    public void Scores_of_steps_have_the_expectation_of_the_paper()
    {
        // E[z_j²] of the j-th smallest of 2m distances in units of w: j(j+1) / (4(m+1)(m+2)) up to m. Lv et al. 2007, section 4.4.
        const int m = 8;
        var random = new Random(1);
        var sums = new double[2 * m];
        const int rounds = 40_000;
        for (var round = 0; round < rounds; round++)
        {
            var distances = Enumerable.Range(0, m).Select(_ => random.NextDouble()).SelectMany(x => new[] { x, 1 - x }).Order().ToArray();
            for (var j = 0; j < 2 * m; j++)
            {
                sums[j] += distances[j] * distances[j] / rounds;
            }
        }

        for (var j = 1; j <= m; j++)
        {
            Assert.Equal(j * (j + 1) / (4.0 * (m + 1) * (m + 2)), sums[j - 1], 0.003);
        }
    }

    private static float* Projected(LshModel model, int seed)
    {
        var random = new Random(seed);
        var vector = new BlockOf<float>(6);
        for (var i = 0; i < 6; i++)
        {
            vector.Pointer[i] = (random.NextSingle() * 6) - 3;
        }

        var values = Kept[seed] = new BlockOf<float>(model.Values);
        model.Project(vector.Pointer, values.Pointer);
        GC.KeepAlive(vector);
        return values.Pointer;
    }

    private static readonly Dictionary<int, BlockOf<float>> Kept = [];

    private static List<ulong> Keys(LshModel model, float* values, int table)
    {
        var sequence = new ProbeSequence();
        sequence.Start(model, values, table);
        var keys = new List<ulong>();
        while (sequence.Next(out var key))
        {
            keys.Add(key);
        }

        return keys;
    }
}
