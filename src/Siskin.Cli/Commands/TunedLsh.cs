using Siskin.Vectors.Files;
using Siskin.Vectors.Lsh;

namespace Siskin.Cli.Commands;

/// <summary>Builds an index of hash tables whose settings were tuned on its own vectors, unless a policy is given.</summary>
internal static class TunedLsh
{
    private const int LeastRows = 2_000;
    private const int Queries = 200;

    /// <summary>Holds some of the vectors out as queries, tunes, and builds over all of them.</summary>
    /// <remarks>With few vectors the default settings are taken: there is nothing to gain.</remarks>
    public static LshIndex Build(IndexRecipe recipe, VectorSet rows)
    {
        var options = recipe.Policy is { } policy ? new LshOptions { Policy = policy, SketchBits = recipe.SketchBits, Seed = recipe.Seed }
            : rows.Count < LeastRows ? new LshOptions { Seed = recipe.Seed }
            : Tune(recipe, rows);
        return LshIndex.Build(rows.Rows.Span, rows.Dimensions, recipe.Metric, options, threads: recipe.Threads);
    }

    private static LshOptions Tune(IndexRecipe recipe, VectorSet rows)
    {
        var d = rows.Dimensions;
        var step = rows.Count / Queries;
        var all = rows.Rows.Span;
        var queries = new float[Queries * d];
        var rest = new float[(rows.Count - Queries) * d];
        var (asked, kept) = (0, 0);
        for (var row = 0; row < rows.Count; row++)
        {
            var isQuery = row % step == 0 && asked < Queries;
            all.Slice(row * d, d).CopyTo(isQuery ? queries.AsSpan(asked++ * d) : rest.AsSpan(kept++ * d));
        }

        return LshTuner.Tune(rest, d, recipe.Metric, queries, new()
        {
            Recall = recipe.Recall,
            Policies = [LshPolicy.And],
            TimeLimit = TimeSpan.FromSeconds(20),
            Seed = recipe.Seed,
            Threads = recipe.Threads,
        }).Options;
    }
}
