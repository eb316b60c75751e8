using Siskin.Vectors.Lsh;

namespace Siskin.Models.Graph;

/// <summary>What a parameter holds before training.</summary>
public readonly record struct Initialization
{
    private enum Kind
    {
        Constant,
        Uniform,
        Normal,
        Running,
    }

    private readonly Kind _kind;
    private readonly float _value;

    private Initialization(Kind kind, float value) => (_kind, _value) = (kind, value);

    /// <summary>All zero.</summary>
    public static Initialization Zero => default;

    /// <summary>All one number.</summary>
    public static Initialization Constant(float value) => new(Kind.Constant, value);

    /// <summary>Uniform between −bound and bound.</summary>
    public static Initialization Uniform(float bound) => new(Kind.Uniform, bound);

    /// <summary>Normal with mean 0.</summary>
    public static Initialization Normal(float deviation) => new(Kind.Normal, deviation);

    /// <summary>Uniform with the bound √(6 / (in + out)) (Glorot and Bengio 2010).</summary>
    public static Initialization Xavier(int fanIn, int fanOut) => Uniform(MathF.Sqrt(6f / (fanIn + fanOut)));

    /// <summary>Normal with the deviation √(2 / in), for layers with ReLU (He et al. 2015).</summary>
    public static Initialization He(int fanIn) => Normal(MathF.Sqrt(2f / fanIn));

    /// <summary>Zeros in the first half, ones in the second: means and variances of what has not been seen.</summary>
    internal static Initialization Running => new(Kind.Running, 1);

    internal unsafe void Fill(float* values, long length, ulong seed)
    {
        var random = new SeededRandom(seed);
        for (long i = 0; i < length; i++)
        {
            values[i] = _kind switch
            {
                Kind.Uniform => ((2 * (float)random.NextDouble()) - 1) * _value,
                Kind.Normal => (float)random.NextGaussian() * _value,
                Kind.Running => i < length / 2 ? 0 : 1,
                _ => _value,
            };
        }
    }
}
