using System.Globalization;
using System.Text;

namespace Siskin.Server.Telemetry;

/// <summary>Writes Prometheus' text format, version 0.0.4.</summary>
internal sealed class PrometheusWriter
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>Begins a metric; all its samples follow at once, as the format demands.</summary>
    public void Begin(string name, string type, string help)
    {
        _text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\").Replace("\n", "\\n")).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    /// <summary>Writes one sample.</summary>
    public void Sample(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(name);
        if (labels.Length > 0)
        {
            _text.Append('{');
            for (var i = 0; i < labels.Length; i++)
            {
                _text.Append(i == 0 ? string.Empty : ",").Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
            }

            _text.Append('}');
        }

        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    /// <summary>Writes the samples of a histogram.</summary>
    public void Samples(string name, Histogram histogram, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        (string, string)[] bucket = [.. labels, default];
        var total = 0L;
        for (var i = 0; i <= Histogram.Bounds.Count; i++)
        {
            total += histogram.CountIn(i);
            bucket[^1] = ("le", i < Histogram.Bounds.Count ? Number(Histogram.Bounds[i]) : "+Inf");
            Sample(name + "_bucket", total, bucket);
        }

        Sample(name + "_sum", histogram.SumSeconds, labels);
        Sample(name + "_count", total, labels);
    }

    public override string ToString() => _text.ToString();

    private static string Escape(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);
}
