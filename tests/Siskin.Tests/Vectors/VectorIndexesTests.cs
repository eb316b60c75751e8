using System.Runtime.InteropServices;
using Siskin.Tests.Storage;
using Siskin.Vectors;
using Siskin.Vectors.Exact;
using Siskin.Vectors.Files;
using Siskin.Vectors.Hnsw;
using Siskin.Vectors.Persistence;
using Siskin.Vectors.Quantization;

namespace Siskin.Tests.Vectors;

public sealed class VectorIndexesTests
{
    private static readonly ClusteredVectors Vectors = new(300, 8, 5, seed: 3);

    [Fact]
    public void A_file_is_opened_by_the_class_that_saved_it()
    {
        using var folder = new TemporaryFolder();
        using var graph = HnswIndex.Build(Vectors.Rows, 8, VectorMetric.L2);
        using var exact = new ExactIndex(Vectors.Rows, 8, VectorMetric.Cosine);
        graph.Save(folder.File("graph"));
        exact.Save(folder.File("exact"));

        using var openedGraph = VectorIndexes.Open(folder.File("graph"));
        using var openedExact = VectorIndexes.Open(folder.File("exact"), new() { InMemory = true });

        Assert.Equal((VectorMetric.L2, 300), (Assert.IsType<HnswIndex>(openedGraph).Metric, openedGraph.Count));
        Assert.Equal((VectorMetric.Cosine, 300), (Assert.IsType<ExactIndex>(openedExact).Metric, openedExact.Count));
        Assert.Equal("hnsw", VectorIndexes.Verify(folder.File("graph")).Kind);
        Assert.Equal("exact", VectorIndexes.Verify(folder.File("exact")).Kind);
    }

    [Fact]
    public void A_kind_that_nobody_knows_is_named()
    {
        using var folder = new TemporaryFolder();
        using (var writer = new IndexFileWriter(folder.File("tree"), "tree", 1))
        {
            writer.WriteSection<int>("leaves", [1, 2, 3]);
            writer.Commit();
        }

        var error = Assert.Throws<ModelFormatException>(() => VectorIndexes.Open(folder.File("tree")));
        Assert.Contains("'tree'", error.Message, StringComparison.Ordinal);
        Assert.Contains("hnsw", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public unsafe void Links_that_lead_nowhere_are_found_though_their_checksum_is_right()
    {
        using var folder = new TemporaryFolder();
        using (var graph = HnswIndex.Build(Vectors.Rows, 8, VectorMetric.L2))
        {
            graph.Save(folder.File("graph"));
        }

        using (var file = IndexFile.OpenAny(folder.File("graph")))
        using (var writer = new IndexFileWriter(folder.File("wrong"), file.Kind, file.KindVersion))
        {
            foreach (var (key, value) in file.Metadata.Values)
            {
                writer.Metadata.Set(key, value);
            }

            foreach (var section in file.Sections)
            {
                section.EnsureVerified();
                var bytes = new Span<byte>(section.Pointer, (int)section.Length).ToArray();
                if (section.Name == "links")
                {
                    MemoryMarshal.Cast<byte, int>(bytes.AsSpan())[0] = 5_000;
                }

                writer.BeginSection(section.Name, section.ElementSize);
                writer.Write(bytes);
            }

            writer.Commit();
        }

        Assert.Equal("hnsw", IndexFiles.Verify(folder.File("wrong")).Kind);
        Assert.Throws<ModelFormatException>(() => VectorIndexes.Verify(folder.File("wrong")));
    }

    /// <summary>The code of docs/vector-search.md.</summary>
    [Fact]
    public void The_example_of_the_document_works()
    {
        using var folder = new TemporaryFolder();
        var (vectors, file) = (folder.File("items.fvecs"), folder.File("items.index"));
        VectorWriter.Write(vectors, Vectors.Rows, 8);

        VectorSet rows = VectorFile.Read(vectors);
        using (var built = HnswIndex.Build(rows.Rows, rows.Dimensions, VectorMetric.L2, new() { M = 16, Format = VectorFormat.Int8 }))
        {
            built.Save(file);
        }

        using IVectorIndex index = VectorIndexes.Open(file);
        var ids = new int[10];
        var scores = new float[10];
        int found = index.Search(rows[0], ids, scores, new SearchOptions { Effort = 64 });
        Assert.Equal((10, 0, 0f), (found, ids[0], scores[0]));

        index.Add(200_000, rows[0]);
        index.Remove(0);
        index.Search(rows[0], ids, scores, new SearchOptions { Predicate = id => id % 2 == 0 });
        Assert.Equal(200_000, ids[0]);
        Assert.DoesNotContain(ids, id => id % 2 == 1);
        ulong[] bitmap = [1UL << 17];
        Assert.Equal(1, index.Search(rows[0], ids, scores, bitmap));
        Assert.Equal(17, ids[0]);
    }
}
