using System.Globalization;
using Siskin.Data.Datasets.Synthetic;
using Siskin.Data.Datasets.Tabular;

namespace Siskin.Data.Datasets;

/// <summary>Opens data sets by a short text such as <c>movielens-1m:folder</c>.</summary>
/// <remarks>
/// <list type="table">
/// <item><term><c>atomic:DIR</c>, <c>movielens-100k:DIR</c></term><description><c>*.inter</c>, <c>*.item</c>, <c>*.user</c> with typed headers</description></item>
/// <item><term><c>movielens-1m:DIR</c></term><description><c>movies.dat</c>, <c>users.dat</c>, <c>ratings.dat</c></description></item>
/// <item><term><c>movielens:DIR</c></term><description><c>movies.csv</c>, <c>ratings.csv</c></description></item>
/// <item><term><c>ncf:DIR</c></term><description>leave-one-out pairs: <c>*.train.pairs.tsv</c>, <c>*.test.rating</c></description></item>
/// <item><term><c>adjacency:DIR</c></term><description><c>train.txt</c>, <c>test.txt</c>: a user and items on each line</description></item>
/// <item><term><c>sequences:FILE</c></term><description>a user and items in the order of time on each line</description></item>
/// <item><term><c>lastfm:DIR</c></term><description><c>data1.txt</c>, <c>test1.txt</c>, <c>trustnetwork.txt</c></description></item>
/// <item><term><c>retailrocket:DIR</c></term><description><c>view_ecommerce.dat</c> and its sisters</description></item>
/// <item><term><c>csv:FILE</c>, <c>jsonl:FILE</c></term><description>a table, read as <see cref="TabularOptions"/> say</description></item>
/// <item><term><c>synthetic</c>, <c>synthetic:users=500,items=200,events=20000,seed=1,days=90</c></term><description>a generated world</description></item>
/// </list>
/// A path alone is allowed where <see cref="Detect"/>, or for a file its extension, tells the format.
/// Data without times gets them from the order of its rows: see <see cref="UntimedOrigin"/>.
/// </remarks>
public static class DatasetFormats
{
    private static readonly (string Format, string[] Patterns)[] Folders =
    [
        ("atomic", ["*.inter"]),
        ("movielens-1m", ["movies.dat", "ratings.dat"]),
        ("movielens", ["movies.csv", "ratings.csv"]),
        ("ncf", ["*" + NcfDataset.TrainSuffix]),
        ("lastfm", ["data1.txt", "trustnetwork.txt"]),
        ("retailrocket", [RetailRocketDataset.Parts[0].File]),
        ("adjacency", ["train.txt"]),
    ];

    /// <summary>
    /// When events of data sets without times begin: 1 January 2000, UTC. The n-th event row, from 0, is n seconds later,
    /// so that the order of rows is kept and a row has the same time whenever it is read.
    /// </summary>
    public static DateTimeOffset UntimedOrigin => DatasetTime.Origin;

    /// <summary>Names of all formats.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Folders.Select(folder => folder.Format), "movielens-100k", "sequences", "csv", "jsonl", "synthetic"];

    /// <summary>Opens a data set; reads headers, no more.</summary>
    /// <param name="specification">As described above.</param>
    /// <param name="tabular">How to read <c>csv</c> and <c>jsonl</c>; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="ArgumentException">No such format, or options that are wrong.</exception>
    /// <exception cref="DatasetFormatException">Files are missing or not of the format.</exception>
    public static async Task<IDatasetSource> OpenAsync(
        string specification, TabularOptions? tabular = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(specification);
        var (format, path) = Parse(specification);
        tabular ??= new TabularOptions();
        return format switch
        {
            "csv" => await TabularDataset.OpenAsync(path, isJson: false, tabular, cancellationToken).ConfigureAwait(false),
            "jsonl" => await TabularDataset.OpenAsync(path, isJson: true, tabular, cancellationToken).ConfigureAwait(false),
            "sequences" => File.Exists(path) ? new SequencesDataset(path) : throw new DatasetFormatException(path, 0, "a file was expected; there is none"),
            "synthetic" => new SyntheticWorld(SyntheticOptions(path)),
            _ => await OpenFolderAsync(format, path, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>Guesses the format of a folder from the names of its files.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>One of <see cref="Names"/>.</returns>
    /// <exception cref="DatasetFormatException">No format's files are there; the message says what was looked for and what is there.</exception>
    public static string Detect(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DatasetFormatException(folder, 0, "a folder was expected; there is none");
        }

        foreach (var (format, patterns) in Folders)
        {
            if (patterns.All(pattern => Directory.EnumerateFiles(folder, pattern).Any()))
            {
                return format;
            }
        }

        var looked = string.Join("; ", Folders.Select(entry => $"{string.Join(" and ", entry.Patterns)} ({entry.Format})"));
        var found = Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).Take(10).ToArray();
        throw new DatasetFormatException(
            folder, 0, $"files of a known format were expected: {looked}; found {(found.Length == 0 ? "no files" : string.Join(", ", found))}");
    }

    /// <summary>The only file of a folder that fits a pattern, or null.</summary>
    /// <exception cref="DatasetFormatException">The folder is missing or several files fit.</exception>
    internal static string? Single(string folder, string pattern)
    {
        if (!Directory.Exists(folder))
        {
            throw new DatasetFormatException(folder, 0, "a folder was expected; there is none");
        }

        var files = Directory.GetFiles(folder, pattern);
        return files.Length < 2
            ? files.FirstOrDefault()
            : throw new DatasetFormatException(folder, 0, $"one file named {pattern} was expected; found {files.Length}");
    }

    /// <summary>The format and the path that a text names.</summary>
    /// <param name="specification">As <see cref="OpenAsync"/> takes it.</param>
    /// <exception cref="ArgumentException">No such format.</exception>
    /// <exception cref="DatasetFormatException">A folder alone is named, and its files are of no known format.</exception>
    public static (string Format, string Path) Parse(string specification)
    {
        var colon = specification.IndexOf(':');
        var prefix = colon < 0 ? specification : specification[..colon];
        if (Names.Contains(prefix, StringComparer.Ordinal) && (colon >= 0 || prefix == "synthetic"))
        {
            return (prefix, colon < 0 ? string.Empty : specification[(colon + 1)..]);
        }

        if (Directory.Exists(specification))
        {
            return (Detect(specification), specification);
        }

        return Path.GetExtension(specification).ToLowerInvariant() switch
        {
            ".csv" or ".tsv" or ".tab" => ("csv", specification),
            ".jsonl" or ".ndjson" => ("jsonl", specification),
            _ => throw new ArgumentException(
                $"'{specification}' is no data set: write format:path with one of {string.Join(", ", Names)}, or the path of a folder or of a .csv, .tsv or .jsonl file.",
                nameof(specification)),
        };
    }

    private static async Task<IDatasetSource> OpenFolderAsync(string format, string folder, CancellationToken cancellationToken)
    {
        var patterns = Folders.First(entry => entry.Format == (format == "movielens-100k" ? "atomic" : format)).Patterns;
        foreach (var pattern in patterns)
        {
            if (!Directory.Exists(folder) || !Directory.EnumerateFiles(folder, pattern).Any())
            {
                throw new DatasetFormatException(folder, 0, $"a folder with {string.Join(" and ", patterns)} was expected; {pattern} is missing");
            }
        }

        return format switch
        {
            "movielens-1m" => new MovieLens1MDataset(folder),
            "movielens" => new MovieLensCsvDataset(folder),
            "ncf" => await NcfDataset.OpenAsync(folder, cancellationToken).ConfigureAwait(false),
            "lastfm" => new LastFmDataset(folder),
            "retailrocket" => new RetailRocketDataset(folder),
            "adjacency" => new AdjacencyDataset(folder),
            _ => await AtomicFilesDataset.OpenAsync(folder, cancellationToken).ConfigureAwait(false),
        };
    }

    private static SyntheticWorldOptions SyntheticOptions(string text)
    {
        var options = new SyntheticWorldOptions();
        foreach (var entry in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = entry.IndexOf('=');
            var isNumber = int.TryParse(entry.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value);
            options = (equals < 0 || !isNumber ? string.Empty : entry[..equals]) switch
            {
                "users" => options with { Users = value },
                "items" => options with { Items = value },
                "events" => options with { Events = value },
                "seed" => options with { Seed = value },
                "days" => options with { Days = value },
                _ => throw new ArgumentException($"'{entry}' is not understood: users, items, events, seed or days = a whole number is expected."),
            };
        }

        return options;
    }
}
