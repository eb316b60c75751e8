using System.Globalization;

namespace Siskin.Vectors.Lsh;

/// <summary>One setting of an <see cref="LshIndex"/> and what it does.</summary>
/// <param name="Options">The setting.</param>
/// <param name="Recall">Share of the true k nearest that searches found.</param>
/// <param name="Scanned">Rows per query whose sketch or signature was compared, or that stood in a bucket without sketches.</param>
/// <param name="Compared">Rows per query that were compared exactly.</param>
/// <param name="Microseconds">Time per query on one thread.</param>
/// <param name="IsExtrapolated">
/// True when measured on a sample: recall is as measured, because the sample holds all true neighbours; counts are scaled to all
/// rows, and the time by the measured cost of the rows that are missing.
/// </param>
public sealed record LshTuningPoint(LshOptions Options, double Recall, double Scanned, double Compared, double Microseconds, bool IsExtrapolated)
{
    /// <summary>The setting in one line: policy and family, m, r, L, w, sketch bits and z, probes.</summary>
    public string Parameters
    {
        get
        {
            var o = Options;
            var text = new List<string> { $"{o.Policy} {(o.Family == LshFamily.SignProjection ? "signs" : "Gaussian")}", $"m={o.Functions}" };
            if (o.Policy == LshPolicy.AtLeast)
            {
                text.Add($"r={Math.Max(0, o.Required - o.Probes + 1)}");
            }

            text.Add($"L={o.Tables}");
            if (o.Lift)
            {
                text.Add("lifted");
            }

            if (o.Family != LshFamily.SignProjection)
            {
                text.Add(string.Create(CultureInfo.InvariantCulture, $"w={o.BucketWidth:G4}"));
            }

            if (o.Policy != LshPolicy.AtLeast)
            {
                text.Add(o.SketchBits == 0 ? "no sketch" : string.Create(CultureInfo.InvariantCulture, $"sketch={o.SketchBits} z={o.SketchDeviations:0.##}"));
                text.Add($"probes={o.Probes}");
            }

            return string.Join(' ', text);
        }
    }
}
