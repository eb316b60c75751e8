using System.Runtime.InteropServices;
using Siskin.Data.Catalogue;
using Siskin.Models.Factorization;
using Siskin.Models.Retrieval;

namespace Siskin.Serving.Releases;

/// <summary>Which file of a release holds what.</summary>
internal static class ReleaseFiles
{
    public const string Manifest = "manifest.json";
    public const string ManifestHash = "manifest.sha256";
    public const string Schema = "schema.json";
    public const string Items = "items.col";
    public const string Users = "users.col";
    public const string Statistics = "statistics.col";
    public const string Indexes = "indexes.col";
    public const string CosineNeighbours = "neighbours-cosine.col";
    public const string DampedNeighbours = "neighbours-damped.col";
    public const string Factors = "factors.col";
    public const string LearnedIndex = "index-learned.vec";
    public const string ContentIndex = "index-content.vec";
    public const string Blend = "blend.json";
    public const string ColdBlend = "blend-cold.json";
    public const string Ranker = "ranker.json";
    public const string RankerParameters = "ranker.model";

    /// <summary>Files that every release has beside its manifest.</summary>
    public static readonly string[] Required = [Schema, Items, Users, Statistics, Indexes, CosineNeighbours, DampedNeighbours];

    public static void WriteItems(string path, Release release)
    {
        var file = new ColumnFileWriter();
        ItemColumns.Write(file, release.Items, release.Schema);
        file.Write(path);
    }

    public static ColumnItems ReadItems(string path, CatalogueSchema schema)
    {
        using var file = new ColumnFileReader(path);
        return ItemColumns.Read(file, schema);
    }

    public static void WriteUsers(string path, Release release)
    {
        var file = new ColumnFileWriter();
        file.Add("id", release.Users.Ids);
        file.Add("history.starts", release.Histories.Starts);
        file.Add("history.items", release.Histories.Items);
        file.Add("history.times", release.Histories.TimesMs);
        file.Add("history.weights", release.Histories.Weights);
        file.Add("history.flags", MemoryMarshal.Cast<HistoryFlags, byte>(release.Histories.Flags));
        file.Write(path);
    }

    public static (ReleaseUsers Users, UserHistories Histories) ReadUsers(string path, int items)
    {
        using var file = new ColumnFileReader(path);
        var ids = file.Texts("id");
        var histories = new UserHistories(
            file.Int32("history.starts"),
            file.Int32("history.items"),
            file.Int64("history.times"),
            file.Single("history.weights"),
            file.Bytes<HistoryFlags>("history.flags"));
        ItemColumns.Check(file, ids.Count + 1, ("history.starts", histories.Starts.Length));
        ItemColumns.CheckStarts(file, "history.starts", histories.Starts, histories.Items.Length);
        ItemColumns.Check(file, histories.Items.Length, ("history.times", histories.TimesMs.Length), ("history.weights", histories.Weights.Length), ("history.flags", histories.Flags.Length));
        CheckRows(file, "history.items", histories.Items, items);
        return (new ReleaseUsers(ids), histories);
    }

    public static void WriteStatistics(string path, ItemStatistics statistics)
    {
        var file = new ColumnFileWriter();
        file.Add("origin", [statistics.OriginMs]);
        file.Add("halfLives", [statistics.PopularityHalfLifeMs, statistics.TrendHalfLifeMs]);
        file.Add("consumers", statistics.Consumers);
        file.Add("popularity", statistics.Popularity);
        file.Add("trend", statistics.Trend);
        file.Add("opinions", statistics.Opinions);
        file.Add("likes", statistics.Likes);
        file.Add("firstEvent", statistics.FirstEventMs);
        file.Write(path);
    }

    public static ItemStatistics ReadStatistics(string path, int items)
    {
        using var file = new ColumnFileReader(path);
        var (origin, halfLives) = (file.Int64("origin"), file.Double("halfLives"));
        ItemColumns.Check(file, 1, ("origin", origin.Length));
        ItemColumns.Check(file, 2, ("halfLives", halfLives.Length));
        var statistics = new ItemStatistics
        {
            OriginMs = origin[0],
            PopularityHalfLifeMs = halfLives[0],
            TrendHalfLifeMs = halfLives[1],
            Consumers = file.Int32("consumers"),
            Popularity = file.Double("popularity"),
            Trend = file.Double("trend"),
            Opinions = file.Int32("opinions"),
            Likes = file.Int32("likes"),
            FirstEventMs = file.Int64("firstEvent"),
        };
        ItemColumns.Check(
            file,
            items,
            ("consumers", statistics.Consumers.Length),
            ("popularity", statistics.Popularity.Length),
            ("trend", statistics.Trend.Length),
            ("opinions", statistics.Opinions.Length),
            ("likes", statistics.Likes.Length),
            ("firstEvent", statistics.FirstEventMs.Length));
        return statistics;
    }

    public static void WriteIndexes(string path, TagIndex tags, SegmentIndex segments)
    {
        var file = new ColumnFileWriter();
        file.Add("tag.names", tags.Tags);
        file.Add("tag.starts", tags.Starts);
        file.Add("tag.items", tags.Items);
        file.Add("segment.keys", segments.Keys);
        file.Add("segment.starts", segments.Starts);
        file.Add("segment.items", segments.Items);
        file.Add("segment.scores", segments.Scores);
        file.Write(path);
    }

    public static (TagIndex Tags, SegmentIndex Segments) ReadIndexes(string path, int items)
    {
        using var file = new ColumnFileReader(path);
        var tags = new TagIndex(file.Text("tag.names"), file.Int32("tag.starts"), file.Int32("tag.items"));
        ItemColumns.Check(file, tags.Tags.Count + 1, ("tag.starts", tags.Starts.Length));
        ItemColumns.CheckStarts(file, "tag.starts", tags.Starts, tags.Items.Length);
        CheckRows(file, "tag.items", tags.Items, items);
        var segments = new SegmentIndex(file.Text("segment.keys"), file.Int32("segment.starts"), file.Int32("segment.items"), file.Single("segment.scores"));
        ItemColumns.Check(file, segments.Keys.Count + 1, ("segment.starts", segments.Starts.Length));
        ItemColumns.CheckStarts(file, "segment.starts", segments.Starts, segments.Items.Length);
        ItemColumns.Check(file, segments.Items.Length, ("segment.scores", segments.Scores.Length));
        CheckRows(file, "segment.items", segments.Items, items);
        return (tags, segments);
    }

    public static void WriteNeighbours(string path, ItemNeighbours neighbours)
    {
        var file = new ColumnFileWriter();
        file.Add("starts", neighbours.Starts);
        file.Add("items", neighbours.Items);
        file.Add("scores", neighbours.Scores);
        file.Write(path);
    }

    public static ItemNeighbours ReadNeighbours(string path, int items)
    {
        using var file = new ColumnFileReader(path);
        var (starts, rows, scores) = (file.Int32("starts"), file.Int32("items"), file.Single("scores"));
        ItemColumns.Check(file, items + 1, ("starts", starts.Length));
        ItemColumns.CheckStarts(file, "starts", starts, rows.Length);
        ItemColumns.Check(file, rows.Length, ("scores", scores.Length));
        CheckRows(file, "items", rows, items);
        return new ItemNeighbours(starts, rows, scores);
    }

    public static void WriteFactors(string path, ImplicitAlsModel model)
    {
        var file = new ColumnFileWriter();
        file.Add("shape", [model.Dimensions, model.UserCount, model.ItemCount]);
        file.Add("options", [model.Options.UnobservedWeight, model.Options.Regularization, model.Options.Exponent]);
        file.Add("users", model.UserFactors);
        file.Add("items", model.ItemFactors);
        file.Write(path);
    }

    public static ImplicitAlsModel ReadFactors(string path, int users, int items)
    {
        using var file = new ColumnFileReader(path);
        var (shape, options) = (file.Int32("shape"), file.Single("options"));
        ItemColumns.Check(file, 3, ("shape", shape.Length), ("options", options.Length));
        if (shape[0] < 1 || shape[1] != users || shape[2] != items)
        {
            throw file.Invalid("shape", $"says {shape[1]} users and {shape[2]} items of {shape[0]} dimensions; the release has {users} and {items}");
        }

        var (userFactors, itemFactors) = (file.Single("users"), file.Single("items"));
        ItemColumns.Check(file, checked(users * shape[0]), ("users", userFactors.Length));
        ItemColumns.Check(file, checked(items * shape[0]), ("items", itemFactors.Length));
        var settings = new ImplicitAlsOptions
        {
            Dimensions = shape[0],
            UnobservedWeight = options[0],
            Regularization = options[1],
            Exponent = options[2],

            // What folds in new users is prepared beside requests, which need the other processors.
            Threads = 1,
        };
        return new ImplicitAlsModel(settings, userFactors, itemFactors);
    }

    private static void CheckRows(ColumnFileReader file, string name, int[] rows, int items)
    {
        foreach (var row in rows)
        {
            if ((uint)row >= (uint)items)
            {
                throw file.Invalid(name, $"row {row} is not one of {items} items");
            }
        }
    }
}
