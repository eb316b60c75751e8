using System.Text.Json;
using Siskin.Data.Catalogue;
using Siskin.Serving.Releases;
using Siskin.Tests.Offline;
using Siskin.Tests.Storage;
using Siskin.Vectors;

namespace Siskin.Tests.Serving.Releases;

public sealed class ReleaseStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ReleaseStore _store;

    public ReleaseStoreTests() => _store = new ReleaseStore(_folder.File("releases"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_trained_release_comes_back_as_it_was_written()
    {
        var release = await TrainedWorld.ReleaseAsync();
        var manifest = _store.Write(release);
        var back = _store.Read(1);

        Assert.NotNull(release.Blend);
        Assert.NotNull(release.Factors);
        Assert.Equal((1, 0), (manifest.Number, manifest.Parent));
        Assert.Equal(Json(manifest), Json(back.Manifest));
        Assert.Equal(Json(release.Schema), Json(back.Schema));
        Assert.Equal(release.Items.Select(Describe), back.Items.Select(Describe));
        Assert.Equal(release.Users.Ids, back.Users.Ids);
        Assert.Equal(Json(release.Histories), Json(back.Histories));
        Assert.Equal(Json(release.Statistics), Json(back.Statistics));
        Assert.Equal(Json(release.Tags), Json(back.Tags));
        Assert.Equal(Json(release.Segments), Json(back.Segments));
        Assert.NotEmpty(back.Segments.Keys);
        Assert.Equal(Json(release.CosineNeighbours), Json(back.CosineNeighbours));
        Assert.Equal(Json(release.DampedNeighbours), Json(back.DampedNeighbours));
        Assert.Equal(release.Factors.UserFactors, back.Factors!.UserFactors);
        Assert.Equal(release.Factors.ItemFactors, back.Factors.ItemFactors);
        Assert.Equal(release.Factors.Options.UnobservedWeight, back.Factors.Options.UnobservedWeight);
        Assert.Equal(Json(release.Blend), Json(back.Blend!));
    }

    [Fact]
    public void Items_keep_attributes_vectors_places_and_what_they_lack()
    {
        var schema = CatalogueSchema.Default with
        {
            ItemAttributes = [new() { Name = "length", Type = AttributeType.Numeric }, new() { Name = "language", Type = AttributeType.Categorical }],
            VectorDimension = 2,
        };
        var release = new SmallRelease { Schema = schema };
        release.Add(new Item
        {
            Id = "full ü€😀",
            Title = string.Empty,
            Tags = ["b", "a"],
            Attributes = new Dictionary<string, AttributeValue> { ["length"] = AttributeValue.Of(-0.5), ["language"] = AttributeValue.Of(string.Empty) },
            Vector = new[] { 1f, -2f },
            Place = new GeoPoint(1.5, -2.5),
            Price = 0,
            CreatedAt = SmallRelease.Now,
            IsAvailable = false,
        });
        release.Add(new Item { Id = "bare" });
        _store.Write(release.Build());
        Assert.Equal(release.Items.Select(Describe), _store.Read(1).Items.Select(Describe));
    }

    [Fact]
    public void Every_damaged_file_is_refused_by_its_path()
    {
        var path = WriteSmall();
        foreach (var file in Directory.GetFiles(path))
        {
            var whole = File.ReadAllBytes(file);
            foreach (var damaged in new[] { whole[..^1], whole[..(whole.Length / 2)], [], [.. whole, 0], Flip(whole, 0), Flip(whole, whole.Length / 2), Flip(whole, whole.Length - 1) })
            {
                File.WriteAllBytes(file, damaged);
                AssertRefused(path, Path.GetFileName(file));
            }

            File.Delete(file);
            AssertRefused(path, Path.GetFileName(file));
            File.WriteAllBytes(file, whole);
        }

        Assert.Equal(1, _store.Read(1).Manifest.Number);
    }

    [Fact]
    public void A_flipped_bit_all_over_the_manifest_is_refused()
    {
        var path = Path.Combine(WriteSmall(), "manifest.json");
        var whole = File.ReadAllBytes(path);
        for (var at = 0; at < whole.Length; at += 5)
        {
            File.WriteAllBytes(path, Flip(whole, at));
            Assert.Throws<ModelFormatException>(() => _store.Read(1));
        }
    }

    [Fact]
    public void Files_and_manifests_swapped_with_those_of_another_release_are_refused()
    {
        var first = WriteSmall();
        var second = WriteSmall();
        foreach (var name in new[] { "neighbours-damped.col", "users.col", "items.col" })
        {
            var file = Path.Combine(first, name);
            var whole = File.ReadAllBytes(file);
            File.Copy(Path.Combine(first, "statistics.col"), file, overwrite: true);
            AssertRefused(first, name);
            File.WriteAllBytes(file, whole);
        }

        // A whole release under another's number would be loaded again and again.
        Directory.Delete(first, recursive: true);
        Directory.Move(second, first);
        Assert.Contains("is that of release 2", Assert.Throws<ModelFormatException>(() => _store.Read(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_that_fails_leaves_no_numbered_directory_and_nothing_behind()
    {
        var release = SmallRelease.WithItems(2).Build();
        var broken = new Release
        {
            Manifest = release.Manifest,
            Schema = release.Schema,
            Items = release.Items,
            Users = release.Users,
            Histories = release.Histories,
            Statistics = release.Statistics,
            Tags = new TagIndex(["x", null!], [0, 0, 0], []),
            CosineNeighbours = release.CosineNeighbours,
            DampedNeighbours = release.DampedNeighbours,
            Segments = release.Segments,
        };
        Assert.ThrowsAny<Exception>(() => _store.Write(broken));
        Assert.Empty(Directory.GetFileSystemEntries(_store.Directory));
        Assert.Equal(0, _store.Newest);
    }

    [Fact]
    public void What_a_killed_writer_left_is_not_a_release()
    {
        Directory.CreateDirectory(Path.Combine(_store.Directory, ".unfinished-1"));
        Directory.CreateDirectory(Path.Combine(_store.Directory, "7"));
        Directory.CreateDirectory(Path.Combine(_store.Directory, "000000"));
        Directory.CreateDirectory(Path.Combine(_store.Directory, "notes"));
        Assert.Empty(_store.List());
        WriteSmall();
        Assert.Equal([1], _store.List());
        Assert.Contains("missing", Assert.Throws<ModelFormatException>(() => _store.Read(5)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writers_beside_each_other_get_different_numbers()
    {
        var release = SmallRelease.WithItems(2).Build();
        var written = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => _store.Write(release).Number)));
        Assert.Equal([1, 2, 3, 4, 5, 6], written.Order());
        Assert.All(written, number => Assert.Equal(number, _store.Read(number).Manifest.Number));
    }

    [Fact]
    public void Prune_keeps_the_newest()
    {
        for (var i = 0; i < 4; i++)
        {
            WriteSmall();
        }

        _store.Prune(2);
        Assert.Equal([3, 4], _store.List());
        Assert.Equal(2, Directory.GetFileSystemEntries(_store.Directory).Length);
        WriteSmall();
        Assert.Equal(4, _store.ReadManifest(5).Parent);
        Assert.Throws<ArgumentOutOfRangeException>(() => _store.Prune(0));
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        var damaged = (byte[])bytes.Clone();
        damaged[at] ^= 1;
        return damaged;
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value);

    private static string Describe(Item item) => string.Join(
        '|',
        item.Id,
        item.Title ?? "none",
        string.Join(',', item.Tags),
        string.Join(',', item.Attributes.OrderBy(a => a.Key).Select(a => $"{a.Key}={a.Value}{a.Value.IsNumber}")),
        item.Vector is { } vector ? string.Join(',', vector.ToArray()) : "none",
        item.Place,
        item.Price,
        item.CreatedAt?.ToUnixTimeMilliseconds(),
        item.IsAvailable);

    private string WriteSmall()
    {
        var release = SmallRelease.WithItems(3).Tag("a", "x").Neighbours("a", ("b", 1)).Took("u", "a").Segment("country", "de", ("b", 1));
        release.ItemVectors["a"] = [1, 2];
        release.Blend = TestBlend.By("item.age");
        return _store.PathOf(_store.Write(release.Build()).Number);
    }

    private void AssertRefused(string path, string file)
    {
        var error = Assert.Throws<ModelFormatException>(() => _store.Read(1));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.True(file.StartsWith("manifest", StringComparison.Ordinal) || error.Message.Contains(file, StringComparison.Ordinal), $"{file}: {error.Message}");
    }
}
