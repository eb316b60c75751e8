using System.CommandLine;
using Siskin.Vectors.Hnsw;
using Siskin.Vectors.Lsh;

namespace Siskin.Cli.Commands;

/// <summary>The options that say what index to build.</summary>
internal sealed class IndexRecipeOptions
{
    private static readonly HnswOptions Defaults = new();

    private readonly Option<string> _metric = IndexInputs.Metric();
    private readonly Option<string> _kind = CommonOptions.OneOf("--index", "hnsw", "Which kind of index.", [.. IndexKind.All.Select(kind => kind.Name)]);
    private readonly Option<string?> _quantize = IndexInputs.Quantize();
    private readonly Option<int> _m = CommonOptions.Ranged("--m", Defaults.M, 2, 128, "HNSW: links of a vector; twice as many on the lowest layer.");
    private readonly Option<int> _efConstruction = CommonOptions.Ranged("--ef-construction", Defaults.EfConstruction, 8, 10_000, "HNSW: candidates while a vector is linked.");
    private readonly Option<string> _originals = CommonOptions.OneOf("--originals", "file", "HNSW of compressed vectors: whether the whole ones are kept in the file, to score the best again.", ["file", "none"]);
    private readonly Option<string> _policy = CommonOptions.OneOf("--policy", "tuned", "LSH: how functions are combined; 'tuned' chooses all settings by measuring.", ["tuned", .. Enum.GetNames<LshPolicy>().Select(name => name.ToLowerInvariant())]);
    private readonly Option<int> _sketchBits = CommonOptions.Ranged("--sketch-bits", new LshOptions().SketchBits, 0, 1024, "LSH with a --policy: bits of the sketches that candidates are compared by first; 0 for none.");
    private readonly Option<double> _recall = CommonOptions.Number("--recall", 0.9, 0.01, 0.999, "LSH: recall@10 that the hash tables are tuned for.");
    private readonly Option<int> _seed = CommonOptions.Ranged("--seed", 1, 0, int.MaxValue, "Seed of what is drawn.");
    private readonly Option<int> _threads;

    private Option[] Recipe => [_quantize, _m, _efConstruction, _originals, _policy, _sketchBits, _recall, _seed, _threads];

    /// <param name="threads">The name of the option for building threads.</param>
    public IndexRecipeOptions(string threads) => _threads = CommonOptions.Ranged(threads, 0, 0, 1024, "Threads that build; 0 for one per processor.");

    /// <summary>Which kind was asked for by name; null when none was.</summary>
    public string? KindGiven(ParseResult parsed) => parsed.GetResult(_kind) is { Implicit: false } ? parsed.GetValue(_kind) : null;

    /// <summary>The options that were given and only say how to build; those that an index can be compared with are not among them.</summary>
    public IReadOnlyList<string> OnlyForBuilding(ParseResult parsed) =>
        [.. Recipe.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name)];

    public void AddTo(Command command)
    {
        command.Add(_metric);
        command.Add(_kind);
        foreach (var option in Recipe)
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            // Words that are not allowed are told by the options themselves.
            if (result.GetValue(_quantize) is { } format && format != "none" && IndexKind.All.FirstOrDefault(kind => kind.Name == result.GetValue(_kind)) is { Quantizes: false } kind)
            {
                result.AddError($"--quantize {format} does not go with --index {kind.Name}, which compares whole vectors");
            }
        });
    }

    public IndexRecipe Of(ParseResult parsed)
    {
        var kind = IndexKind.Of(parsed.GetRequiredValue(_kind));
        return new(
            kind,
            IndexInputs.MetricOf(parsed.GetRequiredValue(_metric)),
            parsed.GetValue(_quantize) is { } format ? IndexInputs.FormatOf(format) : kind.Format,
            parsed.GetValue(_m),
            parsed.GetValue(_efConstruction),
            parsed.GetRequiredValue(_originals) == "file",
            Enum.TryParse<LshPolicy>(parsed.GetRequiredValue(_policy), ignoreCase: true, out var policy) ? policy : null,
            parsed.GetValue(_sketchBits),
            parsed.GetValue(_recall),
            parsed.GetValue(_seed),
            parsed.GetValue(_threads));
    }
}
