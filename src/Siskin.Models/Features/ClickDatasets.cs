using System.Globalization;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets;
using Siskin.Data.Datasets.Columns;

namespace Siskin.Models.Features;

/// <summary>Data sets of clicks, ready for ranking models.</summary>
public static class ClickDatasets
{
    private const int HistoryLength = 50;

    private static readonly CsvColumns SampleColumns = new()
    {
        Numbers =
        [
            "label", "releaseYear", "movieRatingCount", "movieAvgRating", "movieRatingStddev",
            "userRatingCount", "userAvgReleaseYear", "userReleaseYearStddev", "userAvgRating", "userRatingStddev",
        ],
        Lists =
        [
            new("movieGenres", ["movieGenre1", "movieGenre2", "movieGenre3"]),
            new("userGenres", ["userGenre1", "userGenre2", "userGenre3", "userGenre4", "userGenre5"]),

            // The files hold the latest first.
            new("history", ["userRatedMovie5", "userRatedMovie4", "userRatedMovie3", "userRatedMovie2", "userRatedMovie1"]),
        ],

        // The rating is what the label was made of.
        Ignored = ["rating", "timestamp"],
    };

    private static readonly FeatureSchema SampleSchema = new()
    {
        Fields =
        [
            new CategoricalField { Name = "userId", Side = FeatureSide.User },
            new CategoricalField { Name = "movieId", Side = FeatureSide.Item },
            new SequenceField { Name = "history", MaxLength = 5, VocabularyOf = "movieId", Side = FeatureSide.User },
            new MultiHotField { Name = "movieGenres", Side = FeatureSide.Item },
            new MultiHotField { Name = "userGenres", VocabularyOf = "movieGenres", Side = FeatureSide.User },
            .. Dense(FeatureSide.Item, DenseTransform.Standardize, "releaseYear", "movieAvgRating", "movieRatingStddev"),
            .. Dense(FeatureSide.Item, DenseTransform.LogStandardize, "movieRatingCount"),
            .. Dense(FeatureSide.User, DenseTransform.Standardize, "userAvgReleaseYear", "userReleaseYearStddev", "userAvgRating", "userRatingStddev"),
            .. Dense(FeatureSide.User, DenseTransform.LogStandardize, "userRatingCount"),
        ],
        Group = "userId",
    };

    private static readonly FeatureSchema RatingSchema = new()
    {
        Fields =
        [
            new CategoricalField { Name = "user", Side = FeatureSide.User },
            new CategoricalField { Name = "item", Side = FeatureSide.Item },
            new SequenceField { Name = "history", MaxLength = HistoryLength, VocabularyOf = "item", Side = FeatureSide.User },
            new MultiHotField { Name = "genres", Side = FeatureSide.Item },
            new CategoricalField { Name = "gender", Side = FeatureSide.User },
            new CategoricalField { Name = "occupation", Side = FeatureSide.User },
            new CategoricalField { Name = "weekday", Side = FeatureSide.User },
            new CategoricalField { Name = "hour", Side = FeatureSide.User },
            .. Dense(FeatureSide.User, DenseTransform.Standardize, "age", "userRate"),
            .. Dense(FeatureSide.User, DenseTransform.LogStandardize, "userCount"),
            .. Dense(FeatureSide.Item, DenseTransform.Standardize, "year", "itemRate"),
            .. Dense(FeatureSide.Item, DenseTransform.LogStandardize, "itemCount"),
        ],
        Group = "user",
    };

    /// <summary>Reads <c>trainSamples.csv</c> and <c>testSamples.csv</c> with the columns of the MovieLens samples of SparrowRecSys.</summary>
    /// <param name="folder">The folder of both.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DatasetFormatException">A file is missing or holds something else.</exception>
    /// <remarks>The files' own split, which is not by time.</remarks>
    public static async Task<ClickDataset> ReadSamplesAsync(string folder, CancellationToken cancellationToken = default)
    {
        var train = await CsvTable.ReadAsync(Path.Combine(folder, "trainSamples.csv"), SampleColumns, cancellationToken).ConfigureAwait(false);
        var test = await CsvTable.ReadAsync(Path.Combine(folder, "testSamples.csv"), SampleColumns, cancellationToken).ConfigureAwait(false);
        return new("ctr-csv", SampleSchema, train, test, IsTemporal: false);
    }

    /// <summary>Makes clicks of ratings: a rating of 4 and more is a 1, a lower one a 0.</summary>
    /// <param name="source">Ratings with times, users with <c>age</c>, <c>gender</c> and <c>occupation</c>, items with tags and <c>release_year</c>, as MovieLens 100K has them.</param>
    /// <param name="testShare">Above 0 and below 1: share of events at the end of time that are for testing; events of one moment stay together.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <remarks>
    /// Statistics and histories of a row are those of all events before it, so that a test row also sees earlier test
    /// rows, as a server that keeps profiles fresh would. Weekday and hour are UTC.
    /// </remarks>
    /// <exception cref="ArgumentException">There are no ratings, or the cut leaves a part without rows.</exception>
    public static async Task<ClickDataset> FromRatingsAsync(IDatasetSource source, double testShare = 0.2, CancellationToken cancellationToken = default)
    {
        if (!(testShare > 0 && testShare < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(testShare), testShare, "must be above 0 and below 1");
        }

        var context = new DatasetReadContext { IsStrict = true };
        var items = new Dictionary<string, Item>(StringComparer.Ordinal);
        var users = new Dictionary<string, User>(StringComparer.Ordinal);
        await foreach (var item in source.ReadItemsAsync(context, cancellationToken).ConfigureAwait(false))
        {
            items[item.Id] = item;
        }

        await foreach (var user in source.ReadUsersAsync(context, cancellationToken).ConfigureAwait(false))
        {
            users[user.Id] = user;
        }

        var events = new List<Data.Events.Event>();
        await foreach (var e in source.ReadEventsAsync(context, cancellationToken).ConfigureAwait(false))
        {
            if (e.Value is not null)
            {
                events.Add(e);
            }
        }

        events.Sort((a, b) => a.Time.CompareTo(b.Time) is not 0 and var order ? order : string.CompareOrdinal(a.Id, b.Id));
        var rows = Rows(events, items, users);
        var cut = (int)(events.Count * (1 - testShare));
        while (cut > 0 && cut < events.Count && events[cut - 1].Time == events[cut].Time)
        {
            cut--;
        }

        if (cut == 0 || cut == events.Count)
        {
            throw new ArgumentException($"of {events.Count} ratings, {cut} would be for training; both parts need some", nameof(source));
        }

        var all = Enumerable.Range(0, events.Count).ToArray();
        return new(source.Name, RatingSchema, rows.Select(all.AsSpan(0, cut)), rows.Select(all.AsSpan(cut)), IsTemporal: true);
    }

    private static ColumnTable Rows(List<Data.Events.Event> events, Dictionary<string, Item> items, Dictionary<string, User> users)
    {
        var (userNumbers, itemNumbers, itemIds) = (new Dictionary<string, int>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal), new List<string>());
        var past = new PastEvent[events.Count];
        for (var i = 0; i < past.Length; i++)
        {
            var e = events[i];
            userNumbers.TryAdd(e.User, userNumbers.Count);
            if (itemNumbers.TryAdd(e.Item, itemNumbers.Count))
            {
                itemIds.Add(e.Item);
            }

            past[i] = new(userNumbers[e.User], itemNumbers[e.Item], e.Time.ToUnixTimeMilliseconds(), e.Value >= 4);
        }

        var known = PastStatistics.Walk(past, HistoryLength);
        var ratings = events.ToArray();
        var userOf = Array.ConvertAll(ratings, e => users.GetValueOrDefault(e.User)?.Attributes ?? AttributeValue.None);
        var itemOf = Array.ConvertAll(ratings, e => items.GetValueOrDefault(e.Item));
        var rows = new ColumnTable(ratings.Length);
        rows.Add("label", Array.ConvertAll(past, e => e.IsPositive ? 1f : 0));
        rows.Add("user", Array.ConvertAll(ratings, e => e.User));
        rows.Add("item", Array.ConvertAll(ratings, e => e.Item));
        rows.Add("history", Array.ConvertAll(known.History, history => Array.ConvertAll(history, item => itemIds[item])));
        rows.Add("genres", Array.ConvertAll(itemOf, item => item is null ? [] : item.Tags.ToArray()));
        rows.Add("gender", Array.ConvertAll(userOf, user => Text(user, "gender")));
        rows.Add("occupation", Array.ConvertAll(userOf, user => Text(user, "occupation")));
        rows.Add("weekday", Array.ConvertAll(ratings, e => e.Time.UtcDateTime.DayOfWeek.ToString()));
        rows.Add("hour", Array.ConvertAll(ratings, e => e.Time.UtcDateTime.Hour.ToString(CultureInfo.InvariantCulture)));
        rows.Add("age", Array.ConvertAll(userOf, user => Number(user, "age")));
        rows.Add("year", Array.ConvertAll(itemOf, item => Number(item?.Attributes ?? AttributeValue.None, "release_year")));
        rows.Add("userCount", known.UserCount);
        rows.Add("userRate", known.UserRate);
        rows.Add("itemCount", known.ItemCount);
        rows.Add("itemRate", known.ItemRate);
        return rows;
    }

    private static string Text(IReadOnlyDictionary<string, AttributeValue> attributes, string name) =>
        attributes.TryGetValue(name, out var value) ? value.ToString() : string.Empty;

    private static float Number(IReadOnlyDictionary<string, AttributeValue> attributes, string name) =>
        attributes.TryGetValue(name, out var value) && value.IsNumber ? (float)value.Number : float.NaN;

    private static DenseField[] Dense(FeatureSide side, DenseTransform transform, params string[] names) =>
        Array.ConvertAll(names, name => new DenseField { Name = name, Side = side, Transform = transform, AllowMissing = true });
}
