using Siskin.Data.Datasets.Columns;
using Siskin.Models.Features;
using Siskin.Vectors;

namespace Siskin.Tests.Models.Features;

public sealed class FeatureEncoderTests
{
    private static readonly FeatureSchema Schema = new()
    {
        Fields =
        [
            new DenseField { Name = "price", Side = FeatureSide.Item },
            new DenseField { Name = "log", Column = "price", Transform = DenseTransform.Log },
            new BucketField { Name = "bucket", Column = "price", Buckets = 2 },
            new CategoricalField { Name = "item", MinCount = 2 },
            new SequenceField { Name = "history", MaxLength = 2, VocabularyOf = "item" },
            new MultiHotField { Name = "tags", MaxLength = 2, HashBuckets = 1000, Pooling = FeaturePooling.Sum },
        ],
        Group = "user",
    };

    [Fact]
    public void Encoding_equals_hand_computed_values()
    {
        var table = FeatureEncoder.Fit(Schema, Rows()).Encode(Rows());

        // Mean 3, deviation √((4 + 0 + 0 + 4) / 4) = √2.
        AssertClose([-1.41421f, 0, 0, 1.41421f], table.Dense(0));
        AssertClose([MathF.Log(2), MathF.Log(4), MathF.Log(4), MathF.Log(6)], table.Dense(1));

        // The only edge is the sorted number 4/2 = 2, which is 3; numbers on it belong above.
        Assert.Equal([1, 2, 2, 2], table.Categorical(0).ToArray());

        // With the history a occurs 4 times, b 4 times, c once: a before b by ordinal order, c unknown.
        Assert.Equal([1, 2, 0, 1], table.Categorical(1).ToArray());
        Assert.Equal([0, 0, 1, 3, 5], table.ListOffsets(0).ToArray());
        Assert.Equal([1, 1, 2, 2, 2], table.ListIds(0).ToArray());
        Assert.Equal([0, 2, 2, 3, 5], table.ListOffsets(1).ToArray());
        Assert.Equal(table.ListIds(1)[0], table.ListIds(1)[2]);
        Assert.Equal([0, 1, 0, 1], table.Groups.ToArray());
        Assert.Equal([0f, 1, 0, 1], table.Labels().ToArray());
    }

    [Fact]
    public void Layout_names_places_and_shares_id_spaces()
    {
        var layout = FeatureEncoder.Fit(Schema, Rows()).Layout;

        Assert.Equal((2, 2, 2), (layout.DenseCount, layout.CategoricalCount, layout.ListCount));
        Assert.Equal([3, 3, 1001], layout.VocabularySizes);
        Assert.Equal(layout.Slots[layout.IndexOf("item")].Vocabulary, layout.Slots[layout.IndexOf("history")].Vocabulary);
        Assert.Throws<ArgumentException>(() => layout.IndexOf("other"));
    }

    [Fact]
    public void What_training_did_not_hold_is_unknown_and_what_is_missing_is_the_mean()
    {
        var encoder = FeatureEncoder.Fit(Schema, Rows());
        var row = encoder.CreateRow();
        row.Set(0, float.NaN);
        row.Set(2, float.PositiveInfinity);
        row.Set(3, "never seen");
        row.Add(4, "never seen");
        row.Add(4, "");
        var table = new FeatureTable(encoder.Layout);
        table.Append(row, []);

        Assert.Equal(0, table.Dense(0)[0]);
        Assert.Equal(0, table.Categorical(0)[0]);
        Assert.Equal(0, table.Categorical(1)[0]);
        Assert.Equal(0, table.ListIds(0).Length);
        Assert.True(float.IsNaN(table.Labels()[0]));
        Assert.Throws<ArgumentException>(() => row.Set(0, "text"));
        Assert.Throws<ArgumentException>(() => row.Set(3, 1));
        Assert.Throws<ArgumentException>(() => row.Add(3, "a"));
    }

    [Fact]
    public void Online_rows_equal_training_rows_bit_for_bit_and_allocate_nothing()
    {
        var encoder = FeatureEncoder.Fit(Schema, Rows());
        var expected = encoder.Encode(Rows());
        var row = encoder.CreateRow();
        var online = new FeatureTable(encoder.Layout, 64);
        var rows = Rows();
        var (price, item, history, tags) = (rows.Numbers("price"), rows.Texts("item"), rows.Lists("history"), rows.Lists("tags"));
        void EncodeAll()
        {
            online.Clear();
            for (var r = 0; r < rows.RowCount; r++)
            {
                row.Clear();
                row.Set(0, price[r]);
                row.Set(1, price[r]);
                row.Set(2, price[r]);
                row.Set(3, item[r]);
                foreach (var text in history[r])
                {
                    row.Add(4, text);
                }

                foreach (var text in tags[r])
                {
                    row.Add(5, text);
                }

                online.Append(row, []);
            }
        }

        EncodeAll();
        var before = GC.GetAllocatedBytesForCurrentThread();
        EncodeAll();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        AssertSameFeatures(expected, online);
    }

    [Fact]
    public void A_saved_encoder_encodes_the_same_and_a_damaged_file_is_refused()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.features");
        try
        {
            var encoder = FeatureEncoder.Fit(Schema, Rows());
            encoder.Save(path);
            var loaded = FeatureEncoder.Load(path);
            Assert.Equal(encoder.Schema.Fields, loaded.Schema.Fields);
            Assert.Equal(encoder.Schema.Group, loaded.Schema.Group);
            AssertSameFeatures(encoder.Encode(Rows()), loaded.Encode(Rows()));

            var bytes = File.ReadAllBytes(path);
            for (var at = 0; at < bytes.Length; at += 7)
            {
                var damaged = (byte[])bytes.Clone();
                damaged[at] ^= 4;
                File.WriteAllBytes(path, damaged);
                Assert.Throws<ModelFormatException>(() => FeatureEncoder.Load(path));
                File.WriteAllBytes(path, bytes[..at]);
                Assert.Throws<ModelFormatException>(() => FeatureEncoder.Load(path));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Gather_copies_rows_in_any_order_into_a_batch_that_is_used_again()
    {
        var encoder = FeatureEncoder.Fit(Schema, Rows());
        var all = encoder.Encode(Rows());
        var batch = new FeatureTable(encoder.Layout);
        batch.Gather(all, [0, 1, 2]);
        batch.Gather(all, [3, 2]);

        Assert.Equal(2, batch.RowCount);
        Assert.Equal([1, 0], batch.Categorical(1).ToArray());
        Assert.Equal([0, 2, 4], batch.ListOffsets(0).ToArray());
        Assert.Equal([2, 2, 1, 2], batch.ListIds(0).ToArray());
        Assert.Equal([1f, 0], batch.Labels().ToArray());
        Assert.Equal([1, 0], batch.Groups.ToArray());
        Assert.Throws<ArgumentException>(() => batch.Gather(all, [4]));
        Assert.Throws<ArgumentException>(() => batch.Gather(batch, [0]));
    }

    [Fact]
    public void A_schema_reports_all_its_mistakes_at_once()
    {
        var schema = new FeatureSchema
        {
            Fields =
            [
                new CategoricalField { Name = "a", VocabularyOf = "b" },
                new BucketField { Name = "b", Buckets = 1 },
                new SequenceField { Name = "b", MaxLength = 0 },
            ],
        };
        var message = Assert.Throws<ArgumentException>(schema.Validate).Message;
        Assert.Contains("vocabulary of 'b'", message);
        Assert.Contains("1 buckets", message);
        Assert.Contains("length of 0", message);
        Assert.Contains("name is taken", message);
    }

    private static ColumnTable Rows()
    {
        var rows = new ColumnTable(4);
        rows.Add("price", [1f, 3, 3, 5]);
        rows.Add("item", ["a", "b", "c", "a"]);
        rows.Add("history", [[], ["a"], ["a", "b"], ["a", "b", "b"]]);
        rows.Add("tags", [["x", "y"], [], ["x"], ["x", "y", "z"]]);
        rows.Add("user", ["u", "v", "u", "v"]);
        rows.Add("label", [0f, 1, 0, 1]);
        return rows;
    }

    private static void AssertClose(float[] expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-4f);
        }
    }

    private static void AssertSameFeatures(FeatureTable expected, FeatureTable actual)
    {
        for (var i = 0; i < expected.Layout.DenseCount; i++)
        {
            Assert.Equal(expected.Dense(i).ToArray(), actual.Dense(i).ToArray());
        }

        for (var i = 0; i < expected.Layout.CategoricalCount; i++)
        {
            Assert.Equal(expected.Categorical(i).ToArray(), actual.Categorical(i).ToArray());
        }

        for (var i = 0; i < expected.Layout.ListCount; i++)
        {
            Assert.Equal(expected.ListOffsets(i).ToArray(), actual.ListOffsets(i).ToArray());
            Assert.Equal(expected.ListIds(i).ToArray(), actual.ListIds(i).ToArray());
        }
    }
}
