using Siskin.Data.Datasets.Synthetic;

namespace Siskin.Tests.Data.Datasets.Synthetic;

public sealed class StableMathTests
{
    [Fact]
    public void Exp_and_log_agree_with_the_library()
    {
        for (var x = -650.0; x < 650; x += 0.37)
        {
            Assert.InRange(StableMath.Exp(x) / Math.Exp(x), 1 - 1e-12, 1 + 1e-12);
            Assert.InRange(StableMath.Log(Math.Exp(x)) - Math.Log(Math.Exp(x)), -1e-12 * Math.Max(1, Math.Abs(x)), 1e-12 * Math.Max(1, Math.Abs(x)));
        }

        Assert.Equal(1, StableMath.Exp(0));
        Assert.Equal(0, StableMath.Log(1));
    }

    [Fact]
    public void Xoshiro_gives_the_published_sequence()
    {
        // SplitMix64 of seed 0 begins with 0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4; the first number of
        // xoshiro256** depends on the second word alone: rotl(s1 · 5, 7) · 9.
        const ulong Second = 0x6E789E6AA1B965F4;
        var random = new SyntheticRandom(0);
        Assert.Equal(System.Numerics.BitOperations.RotateLeft(unchecked(Second * 5), 7) * 9, random.NextULong());
    }

    [Fact]
    public void Numbers_have_the_moments_of_their_distributions()
    {
        var random = new SyntheticRandom(5);
        var (gaussian, square, exponential, whole) = (0.0, 0.0, 0.0, new int[7]);
        for (var i = 0; i < 70_000; i++)
        {
            var value = random.NextGaussian();
            gaussian += value / 70_000;
            square += value * value / 70_000;
            exponential += random.NextExponential(3) / 70_000;
            whole[random.Next(7)]++;
        }

        Assert.InRange(gaussian, -0.02, 0.02);
        Assert.InRange(square, 0.97, 1.03);
        Assert.InRange(exponential, 2.95, 3.05);
        Assert.All(whole, count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void Alias_table_draws_with_the_given_weights()
    {
        var random = new SyntheticRandom(6);
        var table = new AliasTable([10, 20, 30], [1, 0, 3]);
        var counts = new Dictionary<int, int>();
        for (var i = 0; i < 40_000; i++)
        {
            var value = table.Draw(ref random);
            counts[value] = counts.GetValueOrDefault(value) + 1;
        }

        Assert.False(counts.ContainsKey(20));
        Assert.InRange(counts[10], 9_600, 10_400);
    }
}
