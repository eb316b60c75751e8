using System.Globalization;
using Siskin.Vectors.Files;
using Siskin.Vectors.Hnsw;
using Siskin.Vectors.Persistence;
using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Advice;

/// <summary>A graph of one degree, walked with one format.</summary>
internal sealed class HnswCandidate(int m, VectorFormat format, HnswOriginals originals = HnswOriginals.None) : IndexCandidate
{
    private const int MostEffort = 2_000;
    private static readonly double[] Steps = [1, 1.6, 2.4, 3.2, 4.8, 6.4, 9.6, 12.8, 19.2, 25.6, 38.4, 51.2, 76.8, 102.4];

    private readonly HnswOptions _options = new() { M = m, Format = format, KeepOriginals = originals != HnswOriginals.None };

    public override string Name => string.Create(CultureInfo.InvariantCulture, $"HNSW {FormatName}, M {_options.M}");

    public override string Kind => "hnsw";

    public override string EffortName => nameof(HnswOptions.EfSearch);

    public override IReadOnlyDictionary<string, string> Parameters(long count)
    {
        var parameters = new Dictionary<string, string>
        {
            [nameof(HnswOptions.M)] = _options.M.ToString(CultureInfo.InvariantCulture),
            [nameof(HnswOptions.EfConstruction)] = _options.EfConstruction.ToString(CultureInfo.InvariantCulture),
            [nameof(HnswOptions.Format)] = _options.Format.ToString(),
        };
        if (_options.Format != VectorFormat.Float32)
        {
            parameters[nameof(HnswOptions.KeepOriginals)] = _options.KeepOriginals ? "true" : "false";
        }

        if (originals == HnswOriginals.File)
        {
            parameters["Open"] = $"{nameof(HnswIndex.Save)}, then {nameof(HnswIndex.Open)} with {nameof(IndexOpenOptions.InMemory)}";
        }

        return parameters;
    }

    public override GrowthLaw SearchGrowth => GrowthLaw.Logarithmic;

    public override GrowthLaw ChangeGrowth => GrowthLaw.Logarithmic;

    private string FormatName
    {
        get
        {
            var name = _options.Format switch
            {
                VectorFormat.Float32 => "f32",
                VectorFormat.Float16 => "f16",
                VectorFormat.Int8 => "int8",
                var other => other.ToString(),
            };
            return originals switch
            {
                HnswOriginals.Memory => $"{name} + originals",
                HnswOriginals.File => $"{name} + originals in file",
                _ => name,
            };
        }
    }

    public override IReadOnlyList<int> Efforts(int k) =>
        [.. Steps.Select(step => (int)Math.Min(Math.Max(k, 10) * step, Math.Max(MostEffort, k))).Distinct()];

    public override IVectorIndex Build(VectorSet sample, IndexAdvisorOptions options, CancellationToken cancellationToken)
    {
        var index = HnswIndex.Build(
            sample.Rows,
            sample.Dimensions,
            options.Metric,
            _options with { Seed = (ulong)(uint)options.Seed, Threads = options.Threads },
            cancellationToken: cancellationToken);
        return originals == HnswOriginals.File ? Reopen(index) : index;
    }

    public override void KeepUp(IVectorIndex index) => ((HnswIndex)index).Consolidate();

    private static HnswIndex Reopen(HnswIndex index)
    {
        var path = Path.Combine(Path.GetTempPath(), $"siskin-advice-{Guid.NewGuid():N}.index");
        try
        {
            using (index)
            {
                index.Save(path);
            }

            // Checked before, so that no checksum is computed while time is taken.
            return HnswIndex.Open(path, new IndexOpenOptions { InMemory = true, Verification = IndexVerification.BeforeUse });
        }
        finally
        {
            // What is mapped stays readable until it is let go.
            File.Delete(path);
        }
    }
}
