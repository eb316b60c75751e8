using Siskin.Vectors.Persistence;

namespace Siskin.Vectors.Lsh;

/// <summary>The settings of an index as metadata of its file.</summary>
internal static class LshFileOptions
{
    private const string Chosen = "chosen-";

    public static void Write(IndexMetadata metadata, LshOptions options, LshModel model, LshPart part)
    {
        metadata.Set("metric", model.Metric);
        metadata.Set("dimensions", model.Dimensions);
        metadata.Set("rows", part.Count);
        metadata.Set("family", options.Family);
        metadata.Set("policy", options.Policy);
        metadata.Set("tables", options.Tables);
        metadata.Set("probes", options.Probes);
        metadata.Set("sketch-bits", options.SketchBits);
        metadata.Set("sketch-deviations", options.SketchDeviations);
        metadata.Set("lift", options.Lift);
        metadata.Set("lift-norm", model.LiftNorm);
        metadata.Set("seed", options.Seed);
        metadata.Set("direct", part.Tables[0].IsDirect);
        foreach (var (prefix, of) in new[] { (string.Empty, options), (Chosen, model.Options) })
        {
            metadata.Set(prefix + "functions", of.Functions);
            metadata.Set(prefix + "required", of.Required);
            metadata.Set(prefix + "bucket-width", of.BucketWidth);
        }
    }

    /// <summary>Reads settings and checks them.</summary>
    /// <returns>The settings as given, those with nothing left to choose, the metric, and d.</returns>
    /// <exception cref="ModelFormatException">Something is missing or not allowed.</exception>
    public static (LshOptions Given, LshOptions Chosen, VectorMetric Metric, int Dimensions) Read(IndexFile file)
    {
        var metadata = file.Metadata;
        var metric = metadata.Enumeration<VectorMetric>("metric");
        var given = new LshOptions
        {
            Family = metadata.Enumeration<LshFamily>("family"),
            Policy = metadata.Enumeration<LshPolicy>("policy"),
            Functions = metadata.Int32("functions", 0, 1024),
            Required = metadata.Int32("required", 0, 1024),
            Tables = metadata.Int32("tables", 1, 256),
            Probes = metadata.Int32("probes", 1, 1 << 20),
            BucketWidth = metadata.Double("bucket-width", 0, 1e30),
            SketchBits = metadata.Int32("sketch-bits", 0, 1024),
            SketchDeviations = metadata.Double("sketch-deviations", -10, 10),
            Lift = metadata.Boolean("lift"),
            Seed = metadata.Int32("seed", int.MinValue, int.MaxValue),
        };
        var chosen = given with
        {
            Functions = metadata.Int32(Chosen + "functions", 1, 1024),
            Required = metadata.Int32(Chosen + "required", 1, 1024),
            BucketWidth = metadata.Double(Chosen + "bucket-width", given.Family == LshFamily.SignProjection ? 0 : double.Epsilon, double.MaxValue),
        };
        try
        {
            given.Validate(metric);
            (chosen with { BucketWidth = Math.Min(chosen.BucketWidth, 1e30) }).Validate(metric);
        }
        catch (ArgumentException e)
        {
            throw file.Invalid(e.Message);
        }

        return (given, chosen, metric, metadata.Int32("dimensions", 1, 1 << 20));
    }
}
