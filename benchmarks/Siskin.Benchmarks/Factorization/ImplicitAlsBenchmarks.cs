using BenchmarkDotNet.Attributes;
using Siskin.Models.Factorization;
using Siskin.Models.Interactions;

namespace Siskin.Benchmarks.Factorization;

/// <summary>One epoch of iALS, and folding in one user, on random interactions of MovieLens 1M's size.</summary>
[MemoryDiagnoser]
public class ImplicitAlsBenchmarks
{
    private const int Users = 6_000;
    private const int Items = 3_000;

    private InteractionMatrix _matrix = null!;
    private ImplicitAlsModel _model = null!;
    private ImplicitAlsFolder _folder = null!;
    private float[] _vector = null!;

    [Params(64, 128)]
    public int Dimensions { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var interactions = new Interaction[800_000];
        foreach (ref var interaction in interactions.AsSpan())
        {
            // Squares make a long tail on both sides.
            var (user, item) = (random.NextDouble(), random.NextDouble());
            interaction = new((int)(user * user * Users), (int)(item * item * Items), 1, 0);
        }

        _matrix = InteractionMatrix.FromInteractions(interactions, Users, Items);
        _model = ImplicitAls.Train(_matrix, new() { Dimensions = Dimensions, Epochs = 1 });
        _folder = new ImplicitAlsFolder(_model);
        _vector = new float[Dimensions];
    }

    [Benchmark]
    public ImplicitAlsModel Epoch() => ImplicitAls.Continue(_model, _matrix, new() { Dimensions = Dimensions, Epochs = 1 });

    [Benchmark]
    public void FoldIn() => _folder.FoldIn(_matrix.Row(Users / 2).Columns, [], _vector);
}
