using Siskin.Vectors;
using Siskin.Vectors.Persistence;

namespace Siskin.Tests.Vectors.Persistence;

/// <summary>Small index files without an index.</summary>
internal static class Samples
{
    /// <summary>Sections: rows (float), ids (int), none (empty, 8 bytes each).</summary>
    public static void Write(string path, int rows, string kind = "exact", int version = 1)
    {
        using var writer = new IndexFileWriter(path, kind, version);
        writer.Metadata.Set("metric", VectorMetric.L2);
        writer.Metadata.Set("count", rows);
        writer.WriteSection<float>("rows", Rows(rows));
        writer.WriteSection<int>("ids", [7, 9, 11]);
        writer.BeginSection("none", 8);
        writer.Commit();
    }

    public static float[] Rows(int count)
    {
        var random = new Random(count);
        var rows = new float[count];
        for (var i = 0; i < count; i++)
        {
            rows[i] = random.NextSingle();
        }

        return rows;
    }

    public static IndexFile Open(string path, IndexVerification verification = IndexVerification.OnFirstUse, bool inMemory = false) =>
        IndexFile.Open(path, "exact", 1, 2, new IndexOpenOptions { Verification = verification, InMemory = inMemory });

    public static void Flip(string path, long offset)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var one = new byte[1];
        Assert.Equal(1, RandomAccess.Read(file, one, offset));
        one[0] ^= 0x10;
        RandomAccess.Write(file, one, offset);
    }
}
