using System.CommandLine;
using System.Globalization;
using Siskin.Cli.Output;
using Siskin.Vectors;
using Siskin.Vectors.Files;
using Siskin.Vectors.Quantization;

namespace Siskin.Cli.Commands;

/// <summary>Vectors, queries and words that commands about indexes are given.</summary>
internal static class IndexInputs
{
    private static readonly (string Name, VectorMetric Metric)[] Metrics = [("l2", VectorMetric.L2), ("ip", VectorMetric.InnerProduct), ("cosine", VectorMetric.Cosine)];

    private static readonly (string Name, VectorFormat Format)[] Quantizations =
    [
        ("none", VectorFormat.Float32),
        ("f16", VectorFormat.Float16),
        ("int8", VectorFormat.Int8),
        ("int8-symmetric", VectorFormat.Int8Symmetric),
        ("pq", VectorFormat.ProductQuantized),
    ];

    private static readonly (string Name, VectorFileOptions Options)[] FileFormats =
    [
        ("auto", new()),
        ("fvecs", new() { Format = VectorFileFormat.Fvecs }),
        ("bvecs", new() { Format = VectorFileFormat.Bvecs }),
        ("npy", new() { Format = VectorFileFormat.Npy }),
        ("csv", new() { Format = VectorFileFormat.Csv }),
        ("csv-header", new() { Format = VectorFileFormat.Csv, HasHeader = true }),
        ("csv-no-header", new() { Format = VectorFileFormat.Csv, HasHeader = false }),
        ("word2vec", new() { Format = VectorFileFormat.WordVectors }),
    ];

    public static Option<string> Base() =>
        new("--base") { Description = "The vectors: .fvecs, .bvecs, .npy, CSV or word2vec text. Their ids are their row numbers, from 0 on.", HelpName = "FILE", Required = true };

    public static Option<string> Metric() => CommonOptions.OneOf("--metric", "l2", "How nearness is measured.", [.. Metrics.Select(pair => pair.Name)]);

    public static Option<string> FileFormat(string name, string of) =>
        CommonOptions.OneOf(name, "auto", $"The format of {of}; auto tells it by the file's ending or content.", [.. FileFormats.Select(pair => pair.Name)]);

    /// <summary>What searches compare; null when nothing is said.</summary>
    public static Option<string?> Quantize()
    {
        var names = Quantizations.Select(pair => pair.Name).ToArray();
        var option = new Option<string?>("--quantize") { Description = "Compress what searches compare.", HelpName = string.Join('|', names) };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !names.Contains(result.Tokens[0].Value, StringComparer.Ordinal))
            {
                result.AddError($"--quantize is '{result.Tokens[0].Value}'; {string.Join(", ", names)} are allowed");
            }
        });
        return option;
    }

    public static VectorMetric MetricOf(string name) => Metrics.First(pair => pair.Name == name).Metric;

    public static string NameOf(VectorMetric metric) => Metrics.First(pair => pair.Metric == metric).Name;

    public static VectorFormat FormatOf(string name) => Quantizations.First(pair => pair.Name == name).Format;

    public static string NameOf(VectorFormat format) => Quantizations.First(pair => pair.Format == format).Name;

    /// <summary>How a file is read by a word of <see cref="FileFormat"/>.</summary>
    public static VectorFileOptions FileOptionsOf(string name) => FileFormats.First(pair => pair.Name == name).Options;

    /// <summary>Reads a file of vectors into memory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">A word of <see cref="FileFormat"/>.</param>
    /// <param name="display">Shows where the reading stands.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <param name="maxRows">Only the first so many.</param>
    /// <exception cref="CliException">There are none.</exception>
    public static VectorSet Read(string path, string format, WorkDisplay display, CancellationToken cancellationToken, long maxRows = long.MaxValue)
    {
        var options = FileOptionsOf(format) with { MaxRows = maxRows };
        display.Report($"reading {path}", 0);
        var rows = VectorFile.Read(path, options, new Progress(display, $"reading {path}"), cancellationToken);
        return rows.Count > 0 ? rows : throw new CliException($"{path}: there are no vectors in it");
    }

    /// <summary>The numbers of a query that was typed, separated by commas or spaces.</summary>
    /// <exception cref="CliException">One is no finite number, or there is none.</exception>
    public static float[] ParseQuery(string text)
    {
        var parts = text.Split([',', ' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        var query = new float[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!float.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out query[i]) || !float.IsFinite(query[i]))
            {
                throw CliException.Usage(string.Create(CultureInfo.InvariantCulture, $"--query: number {i + 1} is '{parts[i]}'; finite numbers separated by commas were expected"));
            }
        }

        return query.Length > 0 ? query : throw CliException.Usage("--query has no numbers");
    }

    /// <summary>Makes sure that a file has vectors of the length that another file asks for.</summary>
    /// <exception cref="CliException">It has not.</exception>
    public static void CheckDimensions(string path, int dimensions, string otherPath, int otherDimensions)
    {
        if (dimensions != otherDimensions)
        {
            throw new CliException(string.Create(CultureInfo.InvariantCulture, $"{path} has vectors of {dimensions} numbers, {otherPath} of {otherDimensions}"));
        }
    }

    /// <summary>Makes sure that a file can be written where it is wanted, before long work begins.</summary>
    /// <exception cref="CliException">There is no such folder, or it is a folder itself.</exception>
    public static void CheckOutput(string option, string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (Directory.Exists(path) || !Directory.Exists(folder))
        {
            throw new CliException($"{option} {path}: {(Directory.Exists(path) ? "that is a folder" : $"there is no folder {folder}")}");
        }
    }

    private sealed class Progress(WorkDisplay display, string text) : IProgress<double>
    {
        public void Report(double value) => display.Report(text, value);
    }
}
