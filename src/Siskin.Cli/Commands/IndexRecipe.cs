using Siskin.Cli.Output;
using Siskin.Vectors;
using Siskin.Vectors.Files;
using Siskin.Vectors.Lsh;
using Siskin.Vectors.Quantization;

namespace Siskin.Cli.Commands;

/// <summary>What index to build.</summary>
/// <param name="Kind">Which kind.</param>
/// <param name="Metric">How nearness is measured.</param>
/// <param name="Format">What searches compare.</param>
/// <param name="M">Links of a vector in an HNSW graph.</param>
/// <param name="EfConstruction">Candidates while building an HNSW graph.</param>
/// <param name="KeepsOriginals">Whether an HNSW graph of compressed vectors keeps the whole ones for scoring again.</param>
/// <param name="Policy">How hash functions are combined; null to have them tuned.</param>
/// <param name="SketchBits">Bits of a sketch that candidates of hash tables are compared by, when these are not tuned.</param>
/// <param name="Recall">Recall that hash tables are tuned for.</param>
/// <param name="Seed">Seed of what is drawn, 0 or more.</param>
/// <param name="Threads">Threads that build; 0 for one per processor.</param>
internal sealed record IndexRecipe(
    IndexKind Kind,
    VectorMetric Metric,
    VectorFormat Format,
    int M,
    int EfConstruction,
    bool KeepsOriginals,
    LshPolicy? Policy,
    int SketchBits,
    double Recall,
    int Seed,
    int Threads)
{
    /// <summary>The index in words.</summary>
    public string Name => Format == Kind.Format ? Kind.Name : $"{Kind.Name} {IndexInputs.NameOf(Format)}";

    /// <summary>Builds it.</summary>
    /// <exception cref="CliException">The kind cannot have this format.</exception>
    public IVectorIndex Build(VectorSet rows, WorkDisplay display, CancellationToken cancellationToken)
    {
        try
        {
            return Kind.Build(this, rows, new Progress(display, $"building {Name}", rows.Count), cancellationToken);
        }
        catch (NotSupportedException e)
        {
            throw new CliException($"--index {Kind.Name} --quantize {IndexInputs.NameOf(Format)}: {e.Message}", ExitCodes.Usage, e);
        }
    }

    private sealed class Progress(WorkDisplay display, string text, int count) : IProgress<int>
    {
        public void Report(int value) => display.Report(text, (double)value / count);
    }
}
