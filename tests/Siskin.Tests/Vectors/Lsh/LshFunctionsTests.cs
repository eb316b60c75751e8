using Siskin.Vectors.Lsh;

namespace Siskin.Tests.Vectors.Lsh;

public sealed class LshFunctionsTests
{
    private const int Dimensions = 24;
    private const int Functions = 40_000;

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Gaussian_functions_agree_as_often_as_predicted(double width)
    {
        var (x, y) = Pair(3);
        var distance = Math.Sqrt(x.Zip(y, (a, b) => Math.Pow(a - (double)b, 2)).Sum());
        Assert.Equal(LshProbability.Gaussian(1, width), Agreement(LshFamily.GaussianProjection, x, y, width * distance), 0.01);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    [InlineData(8)]
    public void Cauchy_functions_agree_as_often_as_predicted(double width)
    {
        var (x, y) = Pair(4);
        var distance = x.Zip(y, (a, b) => Math.Abs(a - (double)b)).Sum();
        Assert.Equal(LshProbability.Cauchy(1, width), Agreement(LshFamily.CauchyProjection, x, y, width * distance), 0.01);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(45)]
    [InlineData(90)]
    [InlineData(150)]
    public void Signs_agree_as_often_as_predicted(double degrees)
    {
        var angle = degrees * Math.PI / 180;
        var (x, y) = (new float[Dimensions], new float[Dimensions]);
        (x[2], y[2], y[5]) = (3, (float)Math.Cos(angle), (float)Math.Sin(angle));
        Assert.Equal(LshProbability.Sign(angle), Agreement(LshFamily.SignProjection, x, y, 1), 0.01);
    }

    [Theory]
    [InlineData(8, 12)]
    [InlineData(16, 13)]
    public void Groups_of_real_functions_agree_as_often_as_predicted(int functions, int required)
    {
        var (x, y) = Pair(5);
        var distance = Math.Sqrt(x.Zip(y, (a, b) => Math.Pow(a - (double)b, 2)).Sum());
        var hash = new LshFunctions(LshFamily.GaussianProjection, Functions, Dimensions, 4 * distance);
        var (hx, hy) = Values(hash, x, y);
        var (and, or, atLeast, groups) = (0, 0, 0, Functions / functions);
        for (var group = 0; group < groups; group++)
        {
            var equal = Enumerable.Range(group * functions, functions).Count(j => hx[j] == hy[j]);
            and += equal == functions ? 1 : 0;
            or += equal > 0 ? 1 : 0;
            atLeast += equal >= Math.Min(required, functions) ? 1 : 0;
        }

        var p = LshProbability.Gaussian(1, 4);
        Assert.Equal(LshProbability.And(p, functions), (double)and / groups, 0.025);
        Assert.Equal(LshProbability.Or(p, functions), (double)or / groups, 0.025);
        Assert.Equal(LshProbability.AtLeast(p, Math.Min(required, functions), functions), (double)atLeast / groups, 0.025);
    }

    [Fact]
    public void The_same_seed_gives_the_same_functions_and_another_seed_others()
    {
        var (x, y) = Pair(6);
        var first = Values(new LshFunctions(LshFamily.GaussianProjection, 50, Dimensions, 0.5, 9), x, y);
        var again = Values(new LshFunctions(LshFamily.GaussianProjection, 50, Dimensions, 0.5, 9), x, y);
        var other = Values(new LshFunctions(LshFamily.GaussianProjection, 50, Dimensions, 0.5, 10), x, y);
        Assert.Equal(first.X, again.X);
        Assert.Equal(first.Y, again.Y);
        Assert.NotEqual(first.X, other.X);
    }

    [Fact]
    public void Wrong_numbers_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LshFunctions(LshFamily.GaussianProjection, 4, 3, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LshFunctions((LshFamily)9, 4, 3));
        var functions = new LshFunctions(LshFamily.SignProjection, 4, 3);
        Assert.Throws<ArgumentException>(() => functions.Hash(new float[2], new int[4]));
        Assert.Throws<ArgumentException>(() => functions.Hash(new float[3], new int[5]));
    }

    private static double Agreement(LshFamily family, float[] x, float[] y, double width)
    {
        var (hx, hy) = Values(new LshFunctions(family, Functions, Dimensions, width), x, y);
        return hx.Zip(hy).Count(pair => pair.First == pair.Second) / (double)Functions;
    }

    private static (int[] X, int[] Y) Values(LshFunctions functions, float[] x, float[] y)
    {
        var (hx, hy) = (new int[functions.Count], new int[functions.Count]);
        functions.Hash(x, hx);
        functions.Hash(y, hy);
        return (hx, hy);
    }

    private static (float[] X, float[] Y) Pair(int seed)
    {
        var random = new Random(seed);
        var x = new float[Dimensions];
        var y = new float[Dimensions];
        for (var i = 0; i < Dimensions; i++)
        {
            (x[i], y[i]) = (random.NextSingle(), random.NextSingle());
        }

        return (x, y);
    }
}
