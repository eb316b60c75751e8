using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Siskin.Vectors;
using Siskin.Vectors.Files;
using Siskin.Vectors.Hnsw;
using Siskin.Vectors.Kernels;
using Siskin.Vectors.Measurement;
using Siskin.Vectors.Quantization;

namespace Siskin.Benchmarks.Vectors;

/// <summary>An HNSW index that is searched while vectors are added and removed: latencies, recall, and that nothing is lost.</summary>
/// <remarks>
/// Additions are rows of the base that are not in, every tenth puts a vector in its own place again; removals are of random
/// ones. Recall is measured on searches of the run against what was in when they began, and in the end against an index
/// built anew of the same content.
/// </remarks>
internal sealed class IndexUpdatesConsole
{
    private const int ReplaceEvery = 10;
    private const int CheckAddedEvery = 16;
    private const int HighEffort = 2000;

    // True neighbours are looked for in the whole base; so many are kept that k of them are in at any time.
    private const int TrueNeighbours = 100;

    private readonly ModeArguments _options;
    private readonly VectorMetric _metric;
    private readonly VectorSet _base;
    private readonly VectorSet _queries;
    private readonly int _start;
    private readonly int _k;
    private readonly int _ef;
    private readonly ConcurrentBag<(long Began, int Query, int[] Answer)> _samples = [];
    private int _forbidden;
    private int _addedChecked;
    private int _addedFound;

    private IndexUpdatesConsole(ModeArguments options)
    {
        _options = options;
        _metric = options.Text("--metric") switch
        {
            null or "l2" => VectorMetric.L2,
            "cosine" => VectorMetric.Cosine,
            "ip" => VectorMetric.InnerProduct,
            var other => throw new ArgumentException($"--metric is '{other}'; l2, cosine and ip are allowed."),
        };
        _base = VectorFile.Read(options.Text("--base") ?? throw new ArgumentException("--base FILE is needed."));
        _queries = VectorFile.Read(
            options.Text("--queries") ?? throw new ArgumentException("--queries FILE is needed."),
            new VectorFileOptions { MaxRows = options.Integer("--query-count", 1000) });
        _start = (int)(double.Parse(options.Text("--start") ?? "0.5", CultureInfo.InvariantCulture) * _base.Count);
        (_k, _ef) = (options.Integer("--k", 10), options.Integer("--ef", 64));
    }

    /// <summary>
    /// Options: <c>--base FILE --queries FILE</c>, <c>--metric l2|cosine|ip --start 0.5</c> (share of the base that is in at
    /// the beginning), <c>--adds 1000 --removes 250 --searches 500</c> (a second), <c>--seconds 60 --format f32|int8 --k 10
    /// --ef 64 --query-count 1000 --add-threads 2 --search-threads 2</c>.
    /// </summary>
    public static void Run(string[] arguments) => new IndexUpdatesConsole(new ModeArguments(
        arguments,
        "--base", "--queries", "--metric", "--start", "--adds", "--removes", "--searches", "--seconds", "--format", "--k", "--ef",
        "--query-count", "--add-threads", "--search-threads")).Run();

    private void Run()
    {
        var options = new HnswOptions
        {
            EfSearch = _ef,
            Format = _options.Text("--format") switch
            {
                null or "f32" => VectorFormat.Float32,
                "int8" => VectorFormat.Int8,
                var other => throw new ArgumentException($"--format is '{other}'; f32 and int8 are allowed."),
            },
        };
        var began = Stopwatch.GetTimestamp();
        using var index = HnswIndex.Build(_base.Rows[..(_start * _base.Dimensions)], _base.Dimensions, _metric, options);
        Say($"{_start:N0} of {_base.Count:N0} × {_base.Dimensions}, {_metric}, {options.Format}, M {options.M}, efConstruction {options.EfConstruction}, built in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");

        var content = new UpdatedContent(_base.Count, _start);
        var seconds = _options.Integer("--seconds", 60);
        var searchThreads = _options.Integer("--search-threads", 2);
        var searchRate = _options.Integer("--searches", 500);
        var alone = new OpenLoop("search, no changes", searchRate, Math.Min(seconds, 10), searchThreads, i => Search(index, content, i, sampleEvery: 0));
        OpenLoop.RunAll(alone);
        var searches = new OpenLoop("search", searchRate, seconds, searchThreads, i => Search(index, content, i, sampleEvery: Math.Max(1, searchRate / 20)));
        var adds = new OpenLoop("add", _options.Integer("--adds", 1000), seconds, _options.Integer("--add-threads", 2), i => Add(index, content, i));
        var removes = new OpenLoop("remove", _options.Integer("--removes", 250), seconds, 1, _ => Remove(index, content));
        var processor = Process.GetCurrentProcess().TotalProcessorTime;
        began = Stopwatch.GetTimestamp();
        OpenLoop.RunAll(searches, adds, removes);
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var used = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds;
        Say($"{took:F1} s, {used / took:F2} of {Environment.ProcessorCount} cores busy");
        Say();
        PrintLatencies(alone, searches, adds, removes);
        PrintChecks(index, content);
        PrintRecall(index, content, options);
    }

    private void Search(HnswIndex index, UpdatedContent content, int number, int sampleEvery)
    {
        var ids = new int[_k];
        Span<float> scores = stackalloc float[_k];
        var query = number % _queries.Count;
        var began = Stopwatch.GetTimestamp();
        index.Search(_queries[query], ids, scores);
        foreach (var id in ids)
        {
            if (id >= 0 && content.IsForbidden(id, began))
            {
                Interlocked.Increment(ref _forbidden);
            }
        }

        if (sampleEvery > 0 && number % sampleEvery == 0)
        {
            _samples.Add((began, query, ids));
        }
    }

    private void Add(HnswIndex index, UpdatedContent content, int number)
    {
        var id = content.TakeToAdd(number % ReplaceEvery == 0);
        index.Add(id, _base[id]);
        if (number % CheckAddedEvery == 1)
        {
            Interlocked.Increment(ref _addedChecked);
            if (IsFound(index, id, _ef))
            {
                Interlocked.Increment(ref _addedFound);
            }
        }

        content.Added(id);
    }

    private static void Remove(HnswIndex index, UpdatedContent content)
    {
        var id = content.TakeToRemove();
        if (!index.Remove(id))
        {
            throw new InvalidOperationException($"Remove({id}) found nothing, but it was added.");
        }

        content.HasBeenRemoved(id);
    }

    // By a search for its own vector; crowded out counts when all that was found is at least as near.
    private bool IsFound(HnswIndex index, int id, int effort)
    {
        Span<int> ids = stackalloc int[_k];
        Span<float> scores = stackalloc float[_k];
        var vector = _base[id];
        index.Search(vector, ids, scores, new SearchOptions { Effort = effort });
        if (ids.Contains(id))
        {
            return true;
        }

        var own = _metric switch
        {
            VectorMetric.L2 => 0,
            VectorMetric.Cosine => 1,
            _ => VectorMath.Dot(vector, vector),
        };
        return ids[^1] >= 0 && scores[^1] >= own - (1e-5f * Math.Abs(own));
    }

    private static void PrintLatencies(params OpenLoop[] loops)
    {
        Say($"| request | scheduled | done | failed | p50 ms | p99 ms | p99.9 ms | max ms |");
        Say($"|---|---|---|---|---|---|---|---|");
        foreach (var loop in loops)
        {
            var latencies = loop.Latencies();
            Say($"| {loop.Name} | {loop.Scheduled:N0} | {latencies.Count:N0} | {loop.Failures} | {Percentiles.Of(latencies, 50):F2} | {Percentiles.Of(latencies, 99):F2} | {Percentiles.Of(latencies, 99.9):F2} | {Percentiles.Of(latencies, 100):F2} |");
        }

        foreach (var failure in loops.Select(loop => loop.Failure).OfType<Exception>())
        {
            Say($"{failure}");
        }
    }

    private void PrintChecks(HnswIndex index, UpdatedContent content)
    {
        var present = content.Present;
        var isPresent = new bool[_base.Count];
        foreach (var id in present)
        {
            isPresent[id] = true;
        }

        var ghosts = 0;
        Parallel.ForEach(content.Removed, id =>
        {
            Span<int> ids = stackalloc int[_k];
            index.Search(_base[id], ids, stackalloc float[_k], new SearchOptions { Effort = 4 * _ef });
            foreach (var found in ids)
            {
                if (found >= 0 && !isPresent[found])
                {
                    Interlocked.Increment(ref ghosts);
                }
            }
        });
        Say();
        Say($"| check | result |");
        Say($"|---|---|");
        Say($"| vectors in the index, and how many were expected | {index.Count:N0}, {present.Count:N0} |");
        Say($"| found right after Add returned, of those tried | {_addedFound:N0} of {_addedChecked:N0} |");
        Say($"| removed ones found by searches that began later, during the run | {_forbidden} |");
        Say($"| removed ones found at the end, looking for {content.Removed.Count():N0} of them | {ghosts} |");
        Say($"| MB: vectors, structure, originals | {index.Memory.Vectors / 1e6:F1}, {index.Memory.Structure / 1e6:F1}, {index.Memory.Originals / 1e6:F1} |");
    }

    // Vectors that a search for them finds at the usual effort, and those that none finds.
    private (int Found, int[] Lost) FindAll(HnswIndex index, IReadOnlyCollection<int> present)
    {
        var notAtOnce = new ConcurrentBag<int>();
        Parallel.ForEach(present, id =>
        {
            if (!IsFound(index, id, _ef))
            {
                notAtOnce.Add(id);
            }
        });
        return (present.Count - notAtOnce.Count, [.. notAtOnce.Where(id => !IsFound(index, id, HighEffort)).Order()]);
    }

    private void PrintRecall(HnswIndex index, UpdatedContent content, HnswOptions options)
    {
        var all = GroundTruth.Compute(_base, _queries, _metric, Math.Min(TrueNeighbours, _base.Count));
        var samples = _samples.OrderBy(sample => sample.Began).ToArray();
        var contents = content.At(samples.Select(sample => sample.Began).Append(long.MaxValue)).GetEnumerator();
        var truth = new int[samples.Length * _k];
        for (var i = 0; i < samples.Length; i++)
        {
            contents.MoveNext();
            KeepPresent(all.Neighbours(samples[i].Query), contents.Current, truth.AsSpan(i * _k, _k));
        }

        var recall = Recalls(samples.Select(sample => sample.Query).ToArray(), truth, samples.SelectMany(sample => sample.Answer).ToArray());
        Say();
        Say($"| recall@{_k} at ef {_ef} | mean |");
        Say($"|---|---|");
        for (var part = 0; part < 4 && samples.Length >= 4; part++)
        {
            var (from, to) = (samples.Length * part / 4, samples.Length * (part + 1) / 4);
            Say($"| during the run, quarter {part + 1} ({to - from} searches) | {recall[from..to].Average():F4} |");
        }

        contents.MoveNext();
        truth = new int[_queries.Count * _k];
        for (var query = 0; query < _queries.Count; query++)
        {
            KeepPresent(all.Neighbours(query), contents.Current, truth.AsSpan(query * _k, _k));
        }

        var queries = Enumerable.Range(0, _queries.Count).ToArray();
        var before = Recalls(queries, truth, Answers(index)).Average();
        var foundBefore = FindAll(index, content.Present);
        index.Consolidate();
        var after = Recalls(queries, truth, Answers(index)).Average();
        var foundAfter = FindAll(index, content.Present);
        var rows = new float[content.Present.Count * _base.Dimensions];
        var ids = content.Present.Order().ToArray();
        for (var i = 0; i < ids.Length; i++)
        {
            _base[ids[i]].CopyTo(rows.AsSpan(i * _base.Dimensions));
        }

        using var fresh = HnswIndex.Build(rows, _base.Dimensions, _metric, options, ids: ids);
        var anew = Recalls(queries, truth, Answers(fresh)).Average();
        var foundAnew = FindAll(fresh, content.Present);
        Say($"| at the end − built anew | {before - anew:+0.0000;-0.0000} |");
        Say();
        Say($"| index | recall@{_k} at ef {_ef} | found by their own vector at ef {_ef} | lost: not found at ef {HighEffort} either |");
        Say($"|---|---|---|---|");
        SayRow("at the end", before, foundBefore);
        SayRow("after Consolidate", after, foundAfter);
        SayRow("built anew of the same content", anew, foundAnew);

        void SayRow(string name, double recall, (int Found, int[] Lost) found) =>
            Say($"| {name} | {recall:F4} | {found.Found / (double)content.Present.Count:P3} | {found.Lost.Length:N0}{(found.Lost.Length > 0 ? $" ({string.Join(", ", found.Lost.Take(5))} …)" : string.Empty)} |");
    }

    private int[] Answers(HnswIndex index)
    {
        var answers = new int[_queries.Count * _k];
        Span<float> scores = stackalloc float[_k];
        for (var query = 0; query < _queries.Count; query++)
        {
            index.Search(_queries[query], answers.AsSpan(query * _k, _k), scores);
        }

        return answers;
    }

    // By search.
    private double[] Recalls(int[] queries, int[] truth, int[] answers)
    {
        var rows = new float[queries.Length * _base.Dimensions];
        for (var i = 0; i < queries.Length; i++)
        {
            _queries[queries[i]].CopyTo(rows.AsSpan(i * _base.Dimensions));
        }

        var judge = GroundTruth.Of(_base, new VectorSet(rows, _base.Dimensions), _metric, truth, _k);
        return [.. queries.Select((_, i) => judge.Recall(i, answers.AsSpan(i * _k, _k)))];
    }

    private static void KeepPresent(ReadOnlySpan<int> neighbours, bool[] isPresent, Span<int> kept)
    {
        kept.Fill(-1);
        var count = 0;
        for (var i = 0; i < neighbours.Length && count < kept.Length; i++)
        {
            if (neighbours[i] >= 0 && isPresent[neighbours[i]])
            {
                kept[count++] = neighbours[i];
            }
        }
    }

    private static void Say() => Console.WriteLine();

    private static void Say(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));
}
