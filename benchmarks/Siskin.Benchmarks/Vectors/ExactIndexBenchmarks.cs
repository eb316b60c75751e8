using BenchmarkDotNet.Attributes;
using Siskin.Vectors;
using Siskin.Vectors.Exact;

namespace Siskin.Benchmarks.Vectors;

/// <summary>One exact search among random vectors.</summary>
[MemoryDiagnoser]
public class ExactIndexBenchmarks
{
    private readonly int[] _ids = new int[100];
    private readonly float[] _scores = new float[100];
    private ExactIndex _index = null!;
    private float[] _query = null!;

    [Params(64, 192)]
    public int Dimensions { get; set; }

    [Params(VectorMetric.InnerProduct, VectorMetric.L2)]
    public VectorMetric Metric { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var rows = new float[20_000 * Dimensions];
        foreach (ref var value in rows.AsSpan())
        {
            value = random.NextSingle() - 0.5f;
        }

        _index = new ExactIndex(rows, Dimensions, Metric);
        _query = rows[..Dimensions];
    }

    [Benchmark]
    public int Search() => _index.Search(_query, _ids, _scores);
}
