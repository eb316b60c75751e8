using System.Diagnostics;
using System.Globalization;
using Siskin.Cli.Output;
using Siskin.Vectors;
using Siskin.Vectors.Files;
using Siskin.Vectors.Measurement;
using Siskin.Vectors.Persistence;

namespace Siskin.Cli.Commands;

/// <summary>One run of <c>siskin index bench</c>.</summary>
internal sealed class IndexBench
{
    // As a server opens it: what searches read at random in memory, whole vectors beside compressed ones in the file. Checked
    // before, so that no checksum is computed while time is taken.
    private static readonly IndexOpenOptions Opening = new() { InMemory = true, Verification = IndexVerification.BeforeUse };

    public required string BasePath { get; init; }

    public required string BaseFormat { get; init; }

    public required string QueriesPath { get; init; }

    public required string QueriesFormat { get; init; }

    /// <summary>Only the first so many; 0 for all.</summary>
    public int QueryCount { get; init; }

    /// <summary>True neighbours as .ivecs; null to compute them.</summary>
    public string? TruthPath { get; init; }

    /// <summary>A saved index; null to build one.</summary>
    public string? IndexFile { get; init; }

    public required IndexRecipe Recipe { get; init; }

    /// <summary>The kind that a saved index should have; null for any.</summary>
    public string? KindGiven { get; init; }

    /// <summary>Search settings; null for those of the kind.</summary>
    public IReadOnlyList<int>? Efforts { get; init; }

    public required int K { get; init; }

    public required int Threads { get; init; }

    public IndexBenchDocument Run(WorkDisplay display, CancellationToken cancellationToken)
    {
        var rows = IndexInputs.Read(BasePath, BaseFormat, display, cancellationToken);
        var queries = IndexInputs.Read(QueriesPath, QueriesFormat, display, cancellationToken, QueryCount == 0 ? long.MaxValue : QueryCount);
        IndexInputs.CheckDimensions(QueriesPath, queries.Dimensions, BasePath, rows.Dimensions);
        var folder = default(DirectoryInfo);
        try
        {
            var kind = IndexFile is null ? Recipe.Kind.Name : IndexFiles.Describe(IndexFile).Kind;
            double? seconds = null;
            IVectorIndex index;
            if (IndexFile is not null)
            {
                display.Report($"opening {IndexFile}", 0);
                index = VectorIndexes.Open(IndexFile, Opening);
            }
            else
            {
                var started = Stopwatch.GetTimestamp();
                index = Recipe.Build(rows, display, cancellationToken);
                seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                if (index.Memory.Originals > 0)
                {
                    folder = Directory.CreateTempSubdirectory("siskin-index-");
                    index = Reopened(index, Path.Combine(folder.FullName, "index"));
                }
            }

            using (index)
            {
                CheckFits(index, kind, rows);
                var truth = Truth(rows, queries, display, cancellationToken);
                return Measure(kind, index, truth, seconds, display, cancellationToken);
            }
        }
        finally
        {
            folder?.Delete(recursive: true);
        }
    }

    private static IVectorIndex Reopened(IVectorIndex index, string path)
    {
        using (index)
        {
            index.Save(path);
        }

        return VectorIndexes.Open(path, Opening);
    }

    private GroundTruth Truth(VectorSet rows, VectorSet queries, WorkDisplay display, CancellationToken cancellationToken)
    {
        if (TruthPath is null)
        {
            return GroundTruth.Compute(rows, queries, Recipe.Metric, K, 0, new Progress(display), cancellationToken);
        }

        var (ids, k) = NeighbourFile.Read(TruthPath);
        var lists = ids.Length / k;
        if (lists < queries.Count || k < K)
        {
            throw new CliException(string.Create(
                CultureInfo.InvariantCulture, $"{TruthPath} has {lists:N0} lists of {k} neighbours; {queries.Count:N0} lists of at least {K} are needed"));
        }

        var nearest = new int[queries.Count * K];
        for (var query = 0; query < queries.Count; query++)
        {
            ids.AsSpan(query * k, K).CopyTo(nearest.AsSpan(query * K));
        }

        try
        {
            return GroundTruth.Of(rows, queries, Recipe.Metric, nearest, K);
        }
        catch (ArgumentException e)
        {
            throw new CliException($"{TruthPath}: {e.Message}", ExitCodes.Failure, e);
        }
    }

    private void CheckFits(IVectorIndex index, string kind, VectorSet rows)
    {
        if (IndexFile is null)
        {
            return;
        }

        IndexInputs.CheckDimensions(IndexFile, index.Dimensions, BasePath, rows.Dimensions);
        if (index.Count != rows.Count)
        {
            throw new CliException(string.Create(CultureInfo.InvariantCulture, $"{IndexFile} has {index.Count:N0} vectors, {BasePath} {rows.Count:N0}"));
        }

        if (KindGiven is not null && KindGiven != kind)
        {
            throw CliException.Usage($"--index is {KindGiven}; {IndexFile} is of kind {kind}");
        }

        if (index.Metric != Recipe.Metric)
        {
            throw CliException.Usage($"--metric is {IndexInputs.NameOf(Recipe.Metric)}; {IndexFile} was built for {IndexInputs.NameOf(index.Metric)}");
        }
    }

    private IndexBenchDocument Measure(string kind, IVectorIndex index, GroundTruth truth, double? seconds, WorkDisplay display, CancellationToken cancellationToken)
    {
        int[] efforts = [.. IndexKind.Of(kind).Efforts];
        if (Efforts is not null && efforts is not [0])
        {
            efforts = [.. Efforts];
        }

        // Not counted: by now a search has been called often enough to be compiled for good.
        display.Report("warming up", 0);
        var settling = new SearchCurveOptions { Threads = Threads, Rounds = 1, Limit = TimeSpan.Zero, WarmUp = TimeSpan.FromSeconds(0.5) };
        SearchCurve.Measure(index, truth, efforts.AsSpan(0, 1), settling, null, cancellationToken);
        var options = new SearchCurveOptions { Threads = Threads, Least = TimeSpan.FromSeconds(0.5), WarmUp = TimeSpan.FromSeconds(0.1) };
        var points = SearchCurve.Measure(index, truth, efforts, options, new PointProgress(display, efforts.Length), cancellationToken);
        var (memory, count) = (index.Memory, (double)index.Count);
        return new IndexBenchDocument(BasePath, truth.Rows.Count, truth.Rows.Dimensions, truth.Queries.Count, IndexInputs.NameOf(index.Metric), K, [.. points.Select(point => new IndexBenchResult
        {
            Index = kind,
            Parameters = IndexKind.ParametersOf(index, point.Effort, Threads),
            Recall = Math.Round(point.Recall, 6),
            Qps = Math.Round(point.QueriesPerSecond, 1),
            P50Microseconds = Math.Round(point.P50Microseconds, 2),
            P99Microseconds = Math.Round(point.P99Microseconds, 2),
            BuildSeconds = seconds is { } time ? Math.Round(time, 3) : null,
            BytesPerVector = Math.Round((memory.Vectors + memory.Originals) / count, 1),
            StructureBytesPerVector = Math.Round(memory.Structure / count, 1),
            MappedBytesPerVector = Math.Round(memory.MappedOriginals / count, 1),
        })]);
    }

    private sealed class Progress(WorkDisplay display) : IProgress<double>
    {
        public void Report(double value) => display.Report("finding the true neighbours", value);
    }

    private sealed class PointProgress(WorkDisplay display, int count) : IProgress<CurvePoint>
    {
        private int _done;

        public void Report(CurvePoint value) => display.Report("measuring", (double)++_done / count);
    }
}
