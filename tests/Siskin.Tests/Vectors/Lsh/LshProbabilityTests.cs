using Siskin.Vectors.Lsh;

namespace Siskin.Tests.Vectors.Lsh;

public sealed class LshProbabilityTests
{
    [Theory]
    [InlineData(0.5, 0.1954, 0.1531)]
    [InlineData(1, 0.3687, 0.2794)]
    [InlineData(1.5, 0.5072, 0.3755)]
    [InlineData(2, 0.6095, 0.4487)]
    [InlineData(3, 0.7343, 0.5509)]
    [InlineData(4, 0.8005, 0.6186)]
    [InlineData(6, 0.8670, 0.7033)]
    [InlineData(8, 0.9003, 0.7547)]
    [InlineData(12, 0.9335, 0.8151)]
    public void Projections_agree_with_the_probabilities_of_the_literature(double widthByDistance, double gaussian, double cauchy)
    {
        Assert.Equal(gaussian, LshProbability.Gaussian(1, widthByDistance), 5e-5);
        Assert.Equal(cauchy, LshProbability.Cauchy(1, widthByDistance), 5e-5);
        Assert.Equal(gaussian, LshProbability.Gaussian(7, 7 * widthByDistance), 5e-5);
    }

    [Theory]
    [InlineData(1, 0.611, 0.680)]
    [InlineData(2, 0.496, 0.628)]
    [InlineData(4, 0.449, 0.599)]
    [InlineData(8, 0.472, 0.586)]
    public void Exponents_at_twice_the_distance_are_those_of_the_literature(double width, double gaussian, double cauchy)
    {
        Assert.Equal(gaussian, Math.Log(LshProbability.Gaussian(1, width)) / Math.Log(LshProbability.Gaussian(2, width)), 6e-4);
        Assert.Equal(cauchy, Math.Log(LshProbability.Cauchy(1, width)) / Math.Log(LshProbability.Cauchy(2, width)), 6e-4);
    }

    [Theory]
    [InlineData(20, 0.981, 0.988, 0.995, 0.998)]
    [InlineData(30, 0.880, 0.851, 0.831, 0.816)]
    [InlineData(45, 0.570, 0.403, 0.276, 0.184)]
    [InlineData(60, 0.273, 0.116, 0.048, 0.019)]
    public void Tables_of_signs_find_a_vector_at_an_angle_as_often_as_the_literature_says(double degrees, double of8, double of16, double of32, double of64)
    {
        var p = LshProbability.Sign(degrees * Math.PI / 180);
        Assert.Equal(of8, LshProbability.Candidate(p, LshPolicy.And, 8, 0, 8), 6e-4);
        Assert.Equal(of16, LshProbability.Candidate(p, LshPolicy.And, 12, 0, 16), 6e-4);
        Assert.Equal(of32, LshProbability.Candidate(p, LshPolicy.And, 16, 0, 32), 6e-4);
        Assert.Equal(of64, LshProbability.Candidate(p, LshPolicy.And, 20, 0, 64), 6e-4);
    }

    [Fact]
    public void At_least_r_of_m_is_the_binomial_tail_between_or_and_and()
    {
        Assert.Equal(LshProbability.And(0.7, 9), LshProbability.AtLeast(0.7, 9, 9), 1e-12);
        Assert.Equal(LshProbability.Or(0.7, 9), LshProbability.AtLeast(0.7, 1, 9), 1e-12);
        Assert.Equal(1, LshProbability.AtLeast(0.7, 0, 9), 1e-12);

        // 10·0.2³·0.8² + 5·0.2⁴·0.8 + 0.2⁵
        Assert.Equal(0.05792, LshProbability.AtLeast(0.2, 3, 5), 1e-12);
        Assert.Equal(0.5, LshProbability.AtLeast(0.5, 501, 1001), 1e-9);
        Assert.Equal(1, LshProbability.AtLeast(1, 5, 5));
        Assert.Equal(0, LshProbability.AtLeast(0, 1, 5));
    }

    [Fact]
    public void Example_of_a_million_vectors_needs_1170_tables_for_nine_tenths()
    {
        var p1 = LshProbability.Gaussian(1, 4);
        var p2 = LshProbability.Gaussian(2, 4);
        var m = (int)Math.Ceiling(Math.Log(1e6) / Math.Log(1 / p2));
        Assert.Equal(28, m);
        Assert.Equal(0.9, LshProbability.Candidate(p1, LshPolicy.And, m, 0, 1170), 2e-3);
    }

    [Fact]
    public void Sampled_bits_agree_in_proportion_and_equal_vectors_always()
    {
        Assert.Equal(0.75, LshProbability.BitSampling(64, 256));
        Assert.Equal(1, LshProbability.Gaussian(0, 1));
        Assert.Equal(1, LshProbability.Cauchy(0, 1));
        Assert.Equal(0, LshProbability.Sign(Math.PI), 1e-15);
    }

    [Fact]
    public void Numbers_outside_their_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LshProbability.Gaussian(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LshProbability.Cauchy(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LshProbability.Sign(3.2));
        Assert.Throws<ArgumentOutOfRangeException>(() => LshProbability.BitSampling(9, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => LshProbability.And(1.1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => LshProbability.AtLeast(0.5, 4, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => LshProbability.Or(double.NaN, 3));
    }
}
