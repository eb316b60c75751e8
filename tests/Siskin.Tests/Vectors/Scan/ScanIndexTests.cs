using System.Globalization;
using Siskin.Tests.Vectors.Persistence;
using Siskin.Vectors;
using Siskin.Vectors.Persistence;
using Siskin.Vectors.Quantization;
using Siskin.Vectors.Scan;

namespace Siskin.Tests.Vectors.Scan;

public sealed class ScanIndexTests
{
    private const int D = 24;
    private static readonly ClusteredVectors Data = new(2000, D, 30, 7);

    public static TheoryData<VectorMetric, VectorFormat> All =>
    [
        .. from metric in Enum.GetValues<VectorMetric>()
           from format in Enum.GetValues<VectorFormat>()
           select (metric, format),
    ];

    [Theory]
    [MemberData(nameof(All))]
    public void All_lists_together_find_nearly_everything_with_true_scores(VectorMetric metric, VectorFormat format)
    {
        using var index = ScanIndex.Build(Data.Rows, D, metric, new() { Format = format, Lists = 20, Threads = 1 });
        Assert.True(Data.Recall(index, 10, 20) >= 0.99);
        Assert.True(Data.Recall(index, 10, 6) >= 0.8);
        var (ids, scores) = (new int[5], new float[5]);
        Assert.Equal(5, index.Search(Data.Query(0), ids, scores));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(ClusteredVectors.Score(Data.Query(0), Data.Row(ids[i]), metric), scores[i], 1e-3);
        }

        Assert.Equal(scores.OrderDescending(), scores);
    }

    [Theory]
    [InlineData(VectorFormat.Float32)]
    [InlineData(VectorFormat.ProductQuantized)]
    public void Without_lists_everything_is_scanned(VectorFormat format)
    {
        using var index = ScanIndex.Build(Data.Rows, D, VectorMetric.L2, new() { Format = format, Lists = 0 });
        Assert.True(Data.Recall(index, 10, 1) >= (format == VectorFormat.Float32 ? 1 : 0.99));
    }

    [Theory]
    [InlineData(VectorFormat.Int8)]
    [InlineData(VectorFormat.ProductQuantized)]
    public void Added_vectors_are_found_removed_ones_are_not_and_replaced_ones_once(VectorFormat format)
    {
        using var index = ScanIndex.Build(Data.Rows, D, VectorMetric.L2, new() { Format = format, Lists = 20 });
        var ids = new int[10];
        var scores = new float[10];
        for (var i = 0; i < 100; i++)
        {
            index.Add(5000 + i, Data.Query(i));
            Assert.True(index.Remove(i));
            index.Add(100 + i, Data.Query(i));
        }

        Assert.False(index.Remove(0));
        Assert.Equal(2000, index.Count);
        for (var i = 0; i < 100; i++)
        {
            index.Search(Data.Query(i), ids, scores, new SearchOptions { Effort = 20 });
            Assert.Equal([100 + i, 5000 + i], ids[..2]);
            Assert.Equal([0f, 0f], scores[..2]);
            Assert.DoesNotContain(ids, id => id is >= 0 and < 100);
            Assert.Equal(10, ids.Distinct().Count());
        }

        for (var i = 0; i < 6000; i++)
        {
            index.Remove(i);
        }

        Assert.Equal(0, index.Count);
        Assert.Equal(0, index.Search(Data.Query(0), ids, scores));
        Assert.All(ids, id => Assert.Equal(-1, id));
    }

    [Theory]
    [InlineData(VectorFormat.Int8)]
    [InlineData(VectorFormat.ProductQuantized)]
    public void Vectors_far_from_zero_are_found_as_well(VectorFormat format)
    {
        var far = new ClusteredVectors(2000, D, 30, 7);
        foreach (var numbers in new[] { far.Rows, far.Queries })
        {
            for (var i = 0; i < numbers.Length; i += D)
            {
                numbers[i] += 5_000;
            }
        }

        using var index = ScanIndex.Build(far.Rows, D, VectorMetric.L2, new() { Format = format, Lists = 20, Threads = 1 });
        Assert.True(far.Recall(index, 10, 20) >= 0.98);
        Assert.True(far.Recall(index, 10, 6) >= 0.8);
    }

    [Fact]
    public void Numbers_at_the_end_of_their_range_do_no_harm()
    {
        var rows = new float[200 * D];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = (i % 7) switch { 0 => float.MaxValue, 1 => float.MinValue, _ => i };
        }

        foreach (var metric in Enum.GetValues<VectorMetric>())
        {
            using var index = ScanIndex.Build(rows, D, metric, new() { Lists = 10, Format = VectorFormat.Int8, Threads = 1 });
            var ids = new int[10];
            var found = index.Search(rows.AsSpan(0, D), ids, new float[10], new SearchOptions { Effort = 10 });
            Assert.All(ids[..found], id => Assert.InRange(id, 0, 199));
            Assert.All(ids[found..], id => Assert.Equal(-1, id));
        }
    }

    [Fact]
    public async Task Searches_of_whole_vectors_beside_removes_give_no_id_that_is_not_one()
    {
        using var index = ScanIndex.Build(Data.Rows, D, VectorMetric.L2, new() { Format = VectorFormat.Float32, Lists = 4, Threads = 1 });
        var stop = false;
        var changes = Task.Run(
            () =>
            {
                for (var i = 0; !Volatile.Read(ref stop); i = (i + 1) % 2000)
                {
                    index.Remove(i);
                    index.Add(i, Data.Row(i));
                }
            },
            TestContext.Current.CancellationToken);
        var (ids, scores) = (new int[50], new float[50]);
        for (var i = 0; i < 3000; i++)
        {
            var found = index.Search(Data.Query(i % 100), ids, scores, new SearchOptions { Effort = 4 });
            Assert.DoesNotContain(-1, ids[..found]);
        }

        Volatile.Write(ref stop, true);
        await changes;
    }

    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    public void A_filter_widens_the_search_until_recall_is_that_without_it(int share)
    {
        using var index = ScanIndex.Build(Data.Rows, D, VectorMetric.L2, new() { Lists = 40, Threads = 1 });
        Assert.True(Data.Recall(index, 10, 6, id => id % share == 0) >= Data.Recall(index, 10, 6) - 0.05);
    }

    [Fact]
    public void More_candidates_are_scored_again_the_more_lists_are_scanned()
    {
        // Of 100 nearest, 40 lie in the list scanned and 100 in the two; by codes they come at places 2, 4, … then 3, 6, ….
        var one = Enumerable.Range(1, 100).Select(i => i <= 40 ? 2 * i : 0).ToArray();
        var two = Enumerable.Range(1, 100).Select(i => 3 * i).ToArray();
        var depth = RescoreDepth.Choose([one, two]);
        // Half as many as the 60 in other lists may be lost, so that the 10th must come; of all in the lists, none of 100.
        Assert.Equal([2f, 30f], depth.Factors.ToArray());
        Assert.Equal(20, depth.Candidates(10, 1));
        Assert.Equal(300, depth.Candidates(10, 2));
        Assert.Equal(300, depth.Candidates(1, 3));
        Assert.Equal(3000, depth.Candidates(100, 1000));
    }

    [Fact]
    public void Filters_hold_and_few_allowed_vectors_are_all_found()
    {
        using var index = ScanIndex.Build(Data.Rows, D, VectorMetric.Cosine, new() { Lists = 30 });
        Assert.True(Data.Recall(index, 10, 30, id => id % 3 == 0) >= 0.99);
        var bitmap = new ulong[2];
        bitmap[1] = 0b1011;
        var ids = new int[5];
        Assert.Equal(3, index.Search(Data.Query(0), ids, new float[5], new SearchOptions { Allowed = bitmap, Effort = 1 }));
        Assert.Equal([64, 65, 67], ids[..3].Order());
        Assert.Equal([-1, -1], ids[3..]);
    }

    [Fact]
    public async Task Searches_beside_replacements_see_each_vector_once()
    {
        using var index = ScanIndex.Build(Data.Rows, D, VectorMetric.L2, new() { Lists = 20, Format = VectorFormat.Int8 });
        using var stop = new CancellationTokenSource();
        var changes = Task.Run(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                index.Add(7, Data.Query(i % 100));
            }
        });
        var ids = new int[2000];
        for (var i = 0; i < 60; i++)
        {
            Assert.Equal(2000, index.Search(Data.Query(i), ids, new float[2000], new SearchOptions { Effort = 20 }));
            Assert.Equal(2000, ids.Distinct().Count());
        }

        await stop.CancelAsync();
        await changes;
    }

    [Fact]
    public void An_index_that_needs_nothing_learned_may_begin_empty()
    {
        using var index = ScanIndex.Build(ReadOnlyMemory<float>.Empty, 3, VectorMetric.L2, new() { Format = VectorFormat.Int8Symmetric });
        index.Add(4, [1, 2, 3]);
        var ids = new int[2];
        Assert.Equal(1, index.Search([1, 2, 3], ids, new float[2]));
        Assert.Equal([4, -1], ids);
        Assert.Throws<ArgumentException>(() => ScanIndex.Build(ReadOnlyMemory<float>.Empty, 3, VectorMetric.L2));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_saved_index_answers_the_same_and_can_be_changed(VectorMetric metric, VectorFormat format)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Path("index");
        using var index = ScanIndex.Build(Data.Rows, D, metric, new() { Format = format, Lists = 20, Probes = 5 });
        index.Remove(3);
        index.Add(2000, Data.Query(5));
        index.Save(path);
        foreach (var inMemory in new[] { false, true })
        {
            using var opened = ScanIndex.Open(path, new() { InMemory = inMemory });
            Assert.Equal(index.Options with { Threads = 0 }, opened.Options);
            Assert.Equal(2000, opened.Count);
            Assert.Equal(Answers(index), Answers(opened));
            opened.Add(2001, Data.Query(6));
            index.Add(2001, Data.Query(6));
            opened.Remove(10);
            index.Remove(10);
            Assert.Equal(Answers(index), Answers(opened));
            index.Remove(2001);
            index.Add(10, Data.Row(10));
        }
    }

    [Theory]
    [InlineData(VectorFormat.Float32)]
    [InlineData(VectorFormat.ProductQuantized)]
    public void Damaged_files_are_refused(VectorFormat format)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Path("index");
        var data = new ClusteredVectors(300, 8, 5, 9);
        using (var index = ScanIndex.Build(data.Rows, 8, VectorMetric.L2, new() { Format = format, Lists = 6 }))
        {
            index.Save(path);
        }

        var options = new IndexOpenOptions { Verification = IndexVerification.OnFirstUse };
        var (refused, _) = CorruptionCases.Run(
            path,
            file =>
            {
                using var index = ScanIndex.Open(file, options);
                var (ids, scores) = (new int[300], new float[300]);
                index.Search(data.Query(0), ids, scores, new SearchOptions { Effort = 6 });
                return string.Join(' ', ids) + string.Join(' ', scores);
            },
            200);
        Assert.True(refused > 100);
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        using var index = ScanIndex.Build(Data.Rows, D, VectorMetric.L2, new() { Lists = 4 });
        Assert.Throws<ArgumentException>(() => index.Search(new float[3], new int[1], new float[1]));
        Assert.Throws<ArgumentException>(() => index.Search(Data.Query(0), new int[1], new float[2]));
        Assert.Throws<ArgumentException>(() => index.Add(1, [.. Data.Query(0)[1..], float.NaN]));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Add(-1, Data.Query(0)));
        Assert.Throws<ArgumentException>(() => ScanIndex.Build(Data.Rows.AsMemory(1), D, VectorMetric.L2));
        var error = Assert.Throws<ArgumentException>(() => new ScanOptions { Probes = 0, SubSpaces = 200 }.Check());
        Assert.Contains("Probes is 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("SubSpaces is 200", error.Message, StringComparison.Ordinal);
    }

    private static string Answers(ScanIndex index)
    {
        var (ids, scores) = (new int[10], new float[10]);
        var text = new System.Text.StringBuilder();
        for (var q = 0; q < 20; q++)
        {
            index.Search(Data.Query(q), ids, scores);
            text.AppendJoin(' ', ids).AppendJoin(' ', scores.Select(s => s.ToString("R", CultureInfo.InvariantCulture)));
        }

        return text.ToString();
    }

    private sealed class TemporaryFolder : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("siskin-scan-").FullName;

        public string Path(string name) => System.IO.Path.Combine(_folder, name);

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
