using Siskin.Data.Catalogue;
using Siskin.Data.Events;
using Siskin.Models.Factorization;
using Siskin.Models.Retrieval;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Rank;
using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;

namespace Siskin.Tests.Serving;

/// <summary>A release written down by hand: what each channel must find in it can be read off.</summary>
internal sealed class SmallRelease
{
    public const long Day = 86_400_000;
    public static readonly DateTimeOffset Now = new(2025, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<(string User, string Item, float Weight, HistoryFlags Flags)> _events = [];
    private readonly Dictionary<string, (string Item, float Score)[]> _neighbours = [];
    private readonly Dictionary<string, (string Item, float Score)[]> _damped = [];
    private readonly SortedDictionary<string, (string Item, float Score)[]> _segments = new(StringComparer.Ordinal);

    public List<Item> Items { get; } = [];

    public List<User> Users { get; } = [];

    public Dictionary<string, double> Popularity { get; } = [];

    public Dictionary<string, double> Trend { get; } = [];

    public Dictionary<string, (int Likes, int Opinions)> Opinions { get; } = [];

    public Dictionary<string, float[]> ItemVectors { get; } = [];

    public Dictionary<string, float[]> UserVectors { get; } = [];

    public CatalogueSchema Schema { get; init; } = CatalogueSchema.Default;

    public BlendModel? Blend { get; set; }

    /// <summary>Null takes the same for users without history.</summary>
    public BlendModel? ColdBlend { get; set; }

    public long EventPosition { get; init; }

    /// <summary>From how many vectors on the release has an index file; null for none, as releases of before.</summary>
    public int? GraphRows { get; init; }

    public UserDirectory Directory { get; } = new();

    public static long NowMs => Now.ToUnixTimeMilliseconds();

    /// <summary>Items a, b, c, … with posted vectors of two numbers, in the plane at so many degrees; NaN for none.</summary>
    public static SmallRelease WithVectors(params double[] degrees) => WithVectors(null, degrees);

    /// <summary>The same, with index files from a number of vectors on.</summary>
    public static SmallRelease WithVectors(int? graphRows, double[] degrees)
    {
        var release = new SmallRelease { Schema = CatalogueSchema.Default with { VectorDimension = 2 }, GraphRows = graphRows };
        for (var i = 0; i < degrees.Length; i++)
        {
            release.Add(Item(Id(i), degrees[i]));
        }

        return release;
    }

    /// <summary>An item with a posted vector at so many degrees; NaN for none.</summary>
    public static Item Item(string id, double degrees) => new()
    {
        Id = id,
        Vector = double.IsNaN(degrees) ? default(ReadOnlyMemory<float>?) : Direction(degrees),
    };

    /// <summary>A vector in the plane, longer than one.</summary>
    public static float[] Direction(double degrees) =>
        [(float)(3 * Math.Cos(degrees * Math.PI / 180)), (float)(3 * Math.Sin(degrees * Math.PI / 180))];

    /// <summary>Items a, b, c, …, the first one the most popular and the oldest.</summary>
    public static SmallRelease WithItems(int count)
    {
        var release = new SmallRelease();
        for (var i = 0; i < count; i++)
        {
            release.Add(new Item { Id = Id(i), Title = "Title " + Id(i), CreatedAt = Now.AddDays(i - count) });
            release.Popularity[Id(i)] = count - i;
        }

        return release;
    }

    public static string Id(int number) => number < 26 ? ((char)('a' + number)).ToString() : $"item{number}";

    public SmallRelease Add(Item item)
    {
        Items.Add(item);
        return this;
    }

    public SmallRelease Replace(string id, Func<Item, Item> change)
    {
        var at = Items.FindIndex(i => i.Id == id);
        Items[at] = change(Items[at]);
        return this;
    }

    public SmallRelease Tag(string item, params string[] tags) => Replace(item, i => i with { Tags = tags });

    public SmallRelease Took(string user, string item, float weight = 1, HistoryFlags flags = HistoryFlags.Consumed)
    {
        _events.Add((user, item, weight, flags));
        return this;
    }

    public SmallRelease Neighbours(string item, params (string Item, float Score)[] neighbours)
    {
        _neighbours[item] = neighbours;
        return this;
    }

    public SmallRelease Damped(string item, params (string Item, float Score)[] neighbours)
    {
        _damped[item] = neighbours;
        return this;
    }

    public SmallRelease Segment(string attribute, string value, params (string Item, float Score)[] items)
    {
        _segments[SegmentIndex.Key(attribute, value)] = items;
        return this;
    }

    /// <summary>Users with what they consumed.</summary>
    public IEnumerable<(string User, string Item)> Histories() => _events.Select(e => (e.User, e.Item));

    public Release Build()
    {
        var users = _events.Select(e => e.User).Concat(UserVectors.Keys).Distinct().ToArray();
        var rows = Items.Select((item, row) => (item.Id, row)).ToDictionary(p => p.Id, p => p.row);
        var histories = users.Select(u => _events.Where(e => e.User == u).ToArray()).ToArray();
        var flat = histories.SelectMany(h => h).ToArray();
        var factors = Factors(users);
        return new Release
        {
            Manifest = new ReleaseManifest { Number = 1, EventPosition = EventPosition, LastEventMs = NowMs },
            Schema = Schema,
            Items = Items.ToArray(),
            Users = new ReleaseUsers(users),
            Histories = new UserHistories(
                Starts(histories.Select(h => h.Length)),
                [.. flat.Select(e => rows[e.Item])],
                [.. flat.Select((_, i) => NowMs - Day + i)],
                [.. flat.Select(e => e.Weight)],
                [.. flat.Select(e => e.Flags)]),
            Statistics = ItemStatistics.Empty(Items.Count) with
            {
                OriginMs = NowMs,
                Popularity = [.. Items.Select(i => Popularity.GetValueOrDefault(i.Id))],
                Consumers = [.. Items.Select(i => (int)Popularity.GetValueOrDefault(i.Id))],
                Trend = [.. Items.Select(i => Trend.GetValueOrDefault(i.Id))],
                Likes = [.. Items.Select(i => Opinions.GetValueOrDefault(i.Id).Likes)],
                Opinions = [.. Items.Select(i => Opinions.GetValueOrDefault(i.Id).Opinions)],
            },
            Tags = Tags(),
            CosineNeighbours = Lists(_neighbours, rows),
            DampedNeighbours = Lists(_damped, rows),
            Factors = factors,
            Indexes = GraphRows is { } least ? ReleaseIndexes.Build(factors, Items, Schema, least) : ReleaseIndexes.Scan(factors, Items, Schema),
            Segments = new SegmentIndex(
                [.. _segments.Keys],
                Starts(_segments.Values.Select(s => s.Length)),
                [.. _segments.Values.SelectMany(s => s).Select(p => rows[p.Item])],
                [.. _segments.Values.SelectMany(s => s).Select(p => p.Score)]),
            Blend = Blend,
            ColdBlend = ColdBlend ?? Blend,
        };
    }

    public SnapshotHolder Hold()
    {
        Directory.Apply(Users.Select(u => new CatalogueChange<User>(u.Id, 1, u)));
        return new SnapshotHolder(new ServingSnapshot(Build(), Directory));
    }

    public Recommender Recommender(RecommenderOptions? options = null) => new(Hold(), options);

    private static int[] Starts(IEnumerable<int> lengths)
    {
        var starts = new List<int> { 0 };
        starts.AddRange(lengths.Select(l => l));
        for (var i = 1; i < starts.Count; i++)
        {
            starts[i] += starts[i - 1];
        }

        return [.. starts];
    }

    private ItemNeighbours Lists(Dictionary<string, (string Item, float Score)[]> lists, Dictionary<string, int> rows)
    {
        var ordered = Items.Select(i => lists.GetValueOrDefault(i.Id) ?? []).ToArray();
        return new ItemNeighbours(
            Starts(ordered.Select(l => l.Length)),
            [.. ordered.SelectMany(l => l).Select(p => rows[p.Item])],
            [.. ordered.SelectMany(l => l).Select(p => p.Score)]);
    }

    private TagIndex Tags()
    {
        var names = Items.SelectMany(i => i.Tags).Distinct().Order(StringComparer.Ordinal).ToArray();
        var best = names.Select(name => Items
            .Select((item, row) => (item, row))
            .Where(p => p.item.Tags.Contains(name))
            .OrderByDescending(p => RankFeatures.BayesianRating(Opinions.GetValueOrDefault(p.item.Id).Likes, Opinions.GetValueOrDefault(p.item.Id).Opinions))
            .ThenBy(p => p.row)
            .Select(p => p.row)
            .ToArray()).ToArray();
        return new TagIndex(names, Starts(best.Select(b => b.Length)), [.. best.SelectMany(b => b)]);
    }

    private ImplicitAlsModel? Factors(string[] users)
    {
        if (ItemVectors.Count == 0)
        {
            return null;
        }

        var d = ItemVectors.Values.First().Length;
        return new ImplicitAlsModel(
            new ImplicitAlsOptions { Dimensions = d, UnobservedWeight = 0.1f, Regularization = 0.01f },
            [.. users.SelectMany(u => UserVectors.GetValueOrDefault(u) ?? new float[d])],
            [.. Items.SelectMany(i => ItemVectors.GetValueOrDefault(i.Id) ?? new float[d])]);
    }
}

/// <summary>Requests and events as tests write them.</summary>
internal static class Ask
{
    /// <summary>Only one channel, no diversity, no ranker: the list is the channel's.</summary>
    public static RecommendationRequest Only(string channel, string? user = null, int count = 10, int quota = 50) => new()
    {
        Scene = "home",
        User = user,
        Count = count,
        Explain = true,
        Parameters = Channels((channel, quota)),
    };

    public static Dictionary<string, string> Channels(params (string Channel, int Quota)[] quotas)
    {
        var parameters = new Dictionary<string, string> { ["reRank.diversity"] = "0", ["rank.model"] = "none", ["deadlineMs"] = "60000" };
        foreach (var channel in Siskin.Serving.Recall.RecallChannels.BuiltIn)
        {
            parameters[$"recall.{channel.Name}.quota"] = "0";
        }

        foreach (var (channel, quota) in quotas)
        {
            parameters[$"recall.{channel}.quota"] = quota.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return parameters;
    }

    public static RecommendationRequest With(this RecommendationRequest request, string parameter, string value) =>
        request with { Parameters = new Dictionary<string, string>(request.Parameters) { [parameter] = value } };

    public static async Task<string> ListAsync(this Recommender recommender, RecommendationRequest request) =>
        string.Join(' ', (await recommender.RecommendAsync(request)).Items.Select(i => i.Item));

    public static async Task<RequestException> RefusedAsync(this Recommender recommender, RecommendationRequest request) =>
        await Assert.ThrowsAsync<RequestException>(async () => await recommender.RecommendAsync(request));

    public static Event Event(string id, string user, string item, string type = "view", double? value = null, DateTimeOffset? time = null) =>
        new() { Id = id, Type = type, User = user, Item = item, Value = value, Time = time ?? SmallRelease.Now };

    public static void Happened(this SnapshotHolder holder, string user, string item, string type = "view", double? value = null, long position = 1_000)
    {
        var definition = EventValidator.FindType(holder.Current.Schema, type)!;
        holder.Current.Count(Event("e", user, item, type, value), definition, long.MaxValue);
        if (definition.Weight == 0 && !definition.IsConsumption)
        {
            return;
        }

        holder.Current.Users.Add(user, ItemKey.Of(item), SmallRelease.NowMs, position, (float)Math.Max(0, definition.Weight), EventMeaning.FlagsOf(definition, value));
    }

    public static void Post(this SnapshotHolder holder, Item item, long? nowMs = null) =>
        holder.Current.Apply([new CatalogueChange<Item>(item.Id, 1, item)], nowMs ?? SmallRelease.NowMs);

    public static void Delete(this SnapshotHolder holder, string item) =>
        holder.Current.Apply([new CatalogueChange<Item>(item, 1, null)], SmallRelease.NowMs);
}
