using Siskin.Cli.Output;
using Siskin.Vectors;
using Siskin.Vectors.Exact;
using Siskin.Vectors.Files;
using Siskin.Vectors.Hnsw;
using Siskin.Vectors.Lsh;
using Siskin.Vectors.Quantization;
using Siskin.Vectors.Scan;

namespace Siskin.Cli.Commands;

/// <summary>A kind of index that commands build and measure.</summary>
/// <param name="Name">The word of <c>--index</c>.</param>
/// <param name="Format">What its searches compare when nothing is said.</param>
/// <param name="Quantizes">Whether they may compare something else.</param>
/// <param name="Efforts">The settings that are measured when none are given, as <see cref="SearchOptions.Effort"/>.</param>
/// <param name="Build">Builds one; ids are row numbers.</param>
internal sealed record IndexKind(
    string Name,
    VectorFormat Format,
    bool Quantizes,
    IReadOnlyList<int> Efforts,
    Func<IndexRecipe, VectorSet, IProgress<int>, CancellationToken, IVectorIndex> Build)
{
    /// <summary>All kinds.</summary>
    public static IReadOnlyList<IndexKind> All { get; } =
    [
        new("exact", VectorFormat.Float32, false, [0], (recipe, rows, _, _) => new ExactIndex(rows.Rows, rows.Dimensions, recipe.Metric)),
        new("hnsw", VectorFormat.Float32, true, [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512], (recipe, rows, progress, cancellationToken) => HnswIndex.Build(
            rows.Rows,
            rows.Dimensions,
            recipe.Metric,
            new() { M = recipe.M, EfConstruction = recipe.EfConstruction, Format = recipe.Format, KeepOriginals = recipe.KeepsOriginals, Seed = (ulong)recipe.Seed, Threads = recipe.Threads },
            progress,
            cancellationToken: cancellationToken)),
        new("lsh", VectorFormat.Float32, false, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512], (recipe, rows, _, _) => TunedLsh.Build(recipe, rows)),
        new("scan", VectorFormat.ProductQuantized, true, [1, 2, 4, 8, 16, 32, 64, 128, 256], (recipe, rows, _, cancellationToken) => ScanIndex.Build(
            rows.Rows, rows.Dimensions, recipe.Metric, new() { Format = recipe.Format, Seed = (ulong)recipe.Seed, Threads = recipe.Threads }, cancellationToken)),
    ];

    /// <summary>The kind of a name.</summary>
    public static IndexKind Of(string name) => All.First(kind => kind.Name == name);

    /// <summary>What an index was built with, and a search setting of it.</summary>
    public static IndexParameters ParametersOf(IVectorIndex index, int effort, int threads) => index switch
    {
        HnswIndex { Options: var options } => new()
        {
            Ef = effort,
            M = options.M,
            EfConstruction = options.EfConstruction,
            Quantize = IndexInputs.NameOf(options.Format),
            Threads = threads,
        },
        LshIndex => new() { Probes = effort, Threads = threads },
        ScanIndex { Options: var options } => new() { Probes = effort, Quantize = IndexInputs.NameOf(options.Format), Threads = threads },
        _ => new() { Threads = threads },
    };
}
