namespace Siskin.Benchmarks.Vectors;

/// <summary>Draws vectors of a mixture of Gaussians whose cluster sizes follow Zipf's law and whose norms differ.</summary>
/// <remarks>
/// The centres' coordinates are N(0, 1); a vector is a centre plus N(0, 0.6²) noise, all of it multiplied by
/// exp(0.5 · N(0, 1)). That the norms spread keeps inner product and cosine apart. Generators with the same seed
/// share their centres, and a stream gives the same vectors however many are drawn.
/// </remarks>
internal sealed class VectorSetGenerator
{
    private const int Clusters = 3000;
    private const double Deviation = 0.6;
    private const double LogNormDeviation = 0.5;

    private readonly ZipfSampler _cluster = new(Clusters, exponent: 1);
    private readonly float[] _centres;
    private readonly Random _random;
    private readonly int _dimensions;
    private double _spare = double.NaN;

    /// <param name="dimensions">Length of each vector.</param>
    /// <param name="seed">Of the centres and, with the stream, of the draws.</param>
    /// <param name="stream">0 and up; streams draw different vectors around the same centres.</param>
    public VectorSetGenerator(int dimensions, int seed, int stream)
    {
        _dimensions = dimensions;
        _random = new Random(seed);
        _centres = new float[Clusters * dimensions];
        foreach (ref var value in _centres.AsSpan())
        {
            value = (float)NextGaussian();
        }

        (_random, _spare) = (new Random(unchecked((seed * 31) + stream + 1)), double.NaN);
    }

    /// <summary>Draws the next vector of the stream.</summary>
    /// <param name="vector">Output, one vector.</param>
    public void Next(Span<float> vector)
    {
        var centre = _centres.AsSpan(_cluster.Next(_random) * _dimensions, _dimensions);
        var scale = Math.Exp(LogNormDeviation * NextGaussian());
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = (float)(scale * (centre[i] + (Deviation * NextGaussian())));
        }
    }

    // Box and Muller 1958: two independent values from two uniform ones.
    private double NextGaussian()
    {
        if (!double.IsNaN(_spare))
        {
            (var value, _spare) = (_spare, double.NaN);
            return value;
        }

        var radius = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble()));
        var (sine, cosine) = Math.SinCos(2 * Math.PI * _random.NextDouble());
        _spare = radius * sine;
        return radius * cosine;
    }
}
