using Siskin.Serving.Pipeline;
using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;
using Siskin.Tests.Storage;
using Siskin.Vectors;

namespace Siskin.Tests.Serving.Releases;

public sealed class ReleaseIndexesTests : IDisposable
{
    private const string Learned = "index-learned.vec";
    private const string Content = "index-content.vec";

    private readonly TemporaryFolder _folder = new();
    private readonly ReleaseStore _store;

    public ReleaseIndexesTests() => _store = new ReleaseStore(_folder.File("releases"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_release_with_many_vectors_carries_index_files_that_its_manifest_covers()
    {
        var manifest = _store.Write(Make(graphRows: 5).Build());
        Assert.Contains(manifest.Files, f => f.Name == Learned && f.Bytes > 0);
        Assert.Contains(manifest.Files, f => f.Name == Content && f.Bytes > 0);

        var back = _store.Read(1).Indexes;
        Assert.Equal((VectorMetric.InnerProduct, 3), (back.Learned!.Metric, back.Learned.Dimensions));
        Assert.Equal((VectorMetric.Cosine, 2), (back.Content!.Metric, back.Content.Dimensions));
        Assert.Equal(Make(null).Items.Count(i => i.Vector is not null), back.Content.Count);
    }

    [Fact]
    public void A_release_with_few_vectors_is_scanned_where_they_lie()
    {
        var manifest = _store.Write(Make(graphRows: 1_000).Build());
        Assert.DoesNotContain(manifest.Files, f => f.Name is Learned or Content);
        var back = _store.Read(1).Indexes;
        Assert.Equal(40, back.Learned!.Count);
        Assert.Equal(30, back.Content!.Count);
    }

    [Fact]
    public async Task Releases_from_before_there_were_index_files_open_and_recommend_the_same()
    {
        _store.Write(Make(graphRows: 5).Build());
        _store.Write(Make(null).Build());
        Assert.False(File.Exists(Path.Combine(_store.PathOf(2), Learned)));
        var request = Ask.Only("embedding", "u", count: 30);
        var withFiles = await Over(_store.Read(1)).ListAsync(request);
        Assert.Equal(30, withFiles.Split(' ').Length);
        Assert.Equal(withFiles, await Over(_store.Read(2)).ListAsync(request));
    }

    [Theory]
    [InlineData(Learned)]
    [InlineData(Content)]
    public void A_flipped_byte_anywhere_in_an_index_file_is_refused(string name)
    {
        _store.Write(Make(graphRows: 5).Build());
        var path = Path.Combine(_store.PathOf(1), name);
        var whole = File.ReadAllBytes(path);
        for (var at = 0; at < whole.Length; at += 37)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 0x10;
            File.WriteAllBytes(path, damaged);
            Assert.Contains(name, Assert.Throws<ModelFormatException>(() => _store.Read(1)).Message, StringComparison.Ordinal);
        }

        File.WriteAllBytes(path, whole);
        Assert.NotNull(_store.Read(1).Indexes.Content);
    }

    [Fact]
    public void An_index_over_something_else_is_refused_even_when_its_checksum_fits()
    {
        // The two files of a release, each under the other's name, before the manifest is written.
        var indexes = Make(graphRows: 5).Build().Indexes;
        indexes.Learned!.Save(_folder.File("l"));
        indexes.Content!.Save(_folder.File("c"));
        var release = Make(null).Build();
        var error = Assert.Throws<ModelFormatException>(() => ReleaseIndexes.Read(_folder.File("c"), null, release.Factors, release.Items, release.Schema));
        Assert.Contains("30 vectors of 2 dimensions by Cosine", error.Message, StringComparison.Ordinal);
        Assert.Throws<ModelFormatException>(() => ReleaseIndexes.Read(null, _folder.File("l"), release.Factors, release.Items, release.Schema));
        Assert.Throws<ModelFormatException>(() => ReleaseIndexes.Read(_folder.File("l"), null, null, release.Items, release.Schema));
    }

    [Fact]
    public void Nothing_posted_and_nothing_learned_makes_no_index()
    {
        var none = SmallRelease.WithVectors(double.NaN, double.NaN).Build().Indexes;
        Assert.True(none is { Learned: null, Content: null });
        Assert.True(Release.Empty.Indexes is { Learned: null, Content: null });
    }

    /// <summary>40 items, three of four with a posted vector, all with a learned one; u took the first.</summary>
    private static SmallRelease Make(int? graphRows)
    {
        var release = SmallRelease.WithVectors(graphRows, [.. Enumerable.Range(0, 40).Select(i => i % 4 == 3 ? double.NaN : i * 7.0)]);
        var random = new Random(5);
        foreach (var item in release.Items)
        {
            release.ItemVectors[item.Id] = [random.NextSingle(), random.NextSingle(), random.NextSingle()];
        }

        release.UserVectors["u"] = [1, 0.5f, 0.1f];
        return release.Took("u", "a");
    }

    private static Recommender Over(Release release) => new(new SnapshotHolder(new ServingSnapshot(release, new UserDirectory())));
}
