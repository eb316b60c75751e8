using System.Globalization;
using Siskin.Vectors.Advice;
using Siskin.Vectors.Hnsw;
using Siskin.Vectors.Lsh;
using Siskin.Vectors.Quantization;

namespace Siskin.Cli.Commands;

/// <summary>Command lines that follow advice.</summary>
internal static class IndexAdviceCommands
{
    private const int BenchQueries = 500;

    /// <summary>The line that builds what is recommended, and the one that measures it with the setting that is recommended; none when nothing is.</summary>
    /// <param name="advice">What was recommended.</param>
    /// <param name="basePath">The vectors.</param>
    /// <param name="baseFormat">The word that says their format.</param>
    /// <param name="queriesPath">The queries; null where some of the vectors were asked.</param>
    /// <param name="queriesFormat">The word that says their format.</param>
    public static IReadOnlyList<string> Of(IndexAdvice advice, string basePath, string baseFormat, string? queriesPath, string queriesFormat)
    {
        if (advice.Recommended is not { } best)
        {
            return [];
        }

        var metric = IndexInputs.NameOf(advice.Options.Metric);
        var file = Path.GetFileNameWithoutExtension(basePath) + ".index";
        var build = new List<string> { "siskin", "index", "build", "--base", basePath };
        Add(build, "--format", baseFormat, "auto");
        build.AddRange(["--metric", metric, "--index", best.Kind, .. OptionsOf(best)]);
        Add(build, "--seed", advice.Options.Seed.ToString(CultureInfo.InvariantCulture), "1");
        build.AddRange(["--out", file]);

        var bench = new List<string> { "siskin", "index", "bench", "--base", basePath };
        Add(bench, "--format", baseFormat, "auto");
        bench.AddRange(["--queries", queriesPath ?? basePath]);
        Add(bench, "--queries-format", queriesPath is null ? baseFormat : queriesFormat, "auto");
        Add(bench, "--query-count", queriesPath is null ? BenchQueries.ToString(CultureInfo.InvariantCulture) : string.Empty, string.Empty);
        bench.AddRange(["--metric", metric, "--k", advice.Options.K.ToString(CultureInfo.InvariantCulture), "--index-file", file]);
        Add(bench, "--ef", best.Search.Effort.ToString(CultureInfo.InvariantCulture), "0");
        return [Line(build), Line(bench)];
    }

    private static IEnumerable<string> OptionsOf(IndexEstimate estimate)
    {
        var parameters = estimate.Parameters;
        switch (estimate.Kind)
        {
            case "hnsw":
                var format = FormatOf(parameters[nameof(HnswOptions.Format)]);
                string[] options =
                [
                    "--m", parameters[nameof(HnswOptions.M)], "--ef-construction", parameters[nameof(HnswOptions.EfConstruction)], "--quantize", format,
                ];
                return parameters.TryGetValue(nameof(HnswOptions.KeepOriginals), out var kept) && kept == "false" ? [.. options, "--originals", "none"] : options;
            case "scan":
                return ["--quantize", FormatOf(parameters[nameof(HnswOptions.Format)])];
            case "lsh":
                return ["--policy", parameters[nameof(LshOptions.Policy)].ToLowerInvariant(), "--sketch-bits", parameters[nameof(LshOptions.SketchBits)]];
            default:
                return [];
        }
    }

    private static string FormatOf(string name) => IndexInputs.NameOf(Enum.Parse<VectorFormat>(name));

    private static void Add(List<string> words, string option, string value, string usual)
    {
        if (value != usual)
        {
            words.AddRange([option, value]);
        }
    }

    private static string Line(IEnumerable<string> words) => string.Join(' ', words.Select(Quoted));

    // As a POSIX shell reads it.
    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || "-_./,:=+@%".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
