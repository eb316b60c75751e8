using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Siskin.Data.Datasets.Synthetic;

/// <summary>Who and what there is in a synthetic world: latent tastes and everything that does not change with events.</summary>
/// <remarks>
/// Items are numbered in order of creation, so those that exist at a time are a prefix. All vectors have length 1 and
/// <see cref="SyntheticTuning.Dimension"/> entries, row after row. Memory O(users + items). Immutable once built.
/// </remarks>
internal sealed class SyntheticPopulation
{
    private const int D = SyntheticTuning.Dimension;
    private const int Knots = SyntheticTuning.DriftSteps + 1;
    private const long DayMilliseconds = 24 * 3_600_000L;

    private readonly float[] _items;
    private readonly float[] _tastes;
    private readonly AliasTable[] _byTag;
    private readonly double[][] _tagProbability;
    private readonly int[][] _tagItems;

    public SyntheticPopulation(SyntheticWorldOptions options)
    {
        Options = options;
        SpanMilliseconds = options.Days * DayMilliseconds;
        var random = new SyntheticRandom((ulong)(uint)options.Seed);
        var tags = SyntheticNames.Tags.Length;
        var centroids = Vectors(ref random, tags);
        var languages = Vectors(ref random, SyntheticNames.Languages.Length);

        CreatedAt = CreationTimes(ref random);
        Popularity = Popularities(ref random);
        ItemTags = new int[options.Items][];
        ItemLanguage = new byte[options.Items];
        _items = new float[options.Items * D];
        for (var i = 0; i < options.Items; i++)
        {
            MakeItem(ref random, i, centroids, languages);
        }

        FavouriteTags = new (int Tag, double Share)[options.Users][];
        Country = new byte[options.Users];
        AgeBand = new byte[options.Users];
        Device = new byte[options.Users];
        Activity = new double[options.Users];
        _tastes = new float[options.Users * Knots * D];
        var ages = Vectors(ref random, SyntheticNames.AgeBands.Length);
        var devices = Vectors(ref random, SyntheticNames.Devices.Length);
        for (var u = 0; u < options.Users; u++)
        {
            MakeUser(ref random, u, centroids, languages, ages, devices);
        }

        (Popular, _byTag, _tagItems, _tagProbability) = Tables(tags);
    }

    public SyntheticWorldOptions Options { get; }

    public long SpanMilliseconds { get; }

    /// <summary>Milliseconds after the start, ascending; negative for items that are older.</summary>
    public long[] CreatedAt { get; }

    /// <summary>Share of exposures by popularity that fall on the item; sums to 1.</summary>
    public double[] Popularity { get; }

    public int[][] ItemTags { get; }

    public byte[] ItemLanguage { get; }

    public (int Tag, double Share)[][] FavouriteTags { get; }

    public byte[] Country { get; }

    public byte[] AgeBand { get; }

    public byte[] Device { get; }

    /// <summary>Expected number of events, up to a common factor.</summary>
    public double[] Activity { get; }

    public AliasTable Popular { get; }

    /// <summary>How many items exist at a time.</summary>
    public int Existing(long milliseconds)
    {
        var at = Array.BinarySearch(CreatedAt, milliseconds + 1);
        at = at < 0 ? ~at : at;

        // BinarySearch may land on any of equal entries.
        while (at > 0 && CreatedAt[at - 1] > milliseconds)
        {
            at--;
        }

        return at;
    }

    /// <summary>A user's taste at a time; straight between the steps of its walk and constant beyond the span.</summary>
    /// <param name="user">Number of the user.</param>
    /// <param name="milliseconds">After the start.</param>
    /// <param name="taste">Gets <see cref="SyntheticTuning.Dimension"/> numbers; length 1.</param>
    public void Taste(int user, long milliseconds, Span<float> taste)
    {
        var position = Math.Clamp((double)milliseconds / SpanMilliseconds, 0, 1) * SyntheticTuning.DriftSteps;
        var step = Math.Min((int)position, SyntheticTuning.DriftSteps - 1);
        var part = (float)(position - step);
        var from = _tastes.AsSpan(((user * Knots) + step) * D, D);
        var to = _tastes.AsSpan(((user * Knots) + step + 1) * D, D);
        for (var d = 0; d < D; d++)
        {
            taste[d] = from[d] + (part * (to[d] - from[d]));
        }

        Normalise(taste);
    }

    /// <summary>Affinity of a taste to an item: their cosine.</summary>
    public double Affinity(ReadOnlySpan<float> taste, int item)
    {
        // Four lanes summed in one fixed order, with no fused operations: the same bits everywhere.
        var a = MemoryMarshal.Cast<float, Vector128<float>>(taste);
        var b = MemoryMarshal.Cast<float, Vector128<float>>(_items.AsSpan(item * D, D));
        var sum = (a[0] * b[0]) + (a[1] * b[1]) + ((a[2] * b[2]) + (a[3] * b[3]));
        return sum[0] + sum[1] + (sum[2] + sum[3]);
    }

    /// <summary>Draws an item of one tag, by popularity.</summary>
    public int DrawOfTag(int tag, ref SyntheticRandom random) => _byTag[tag].Draw(ref random);

    /// <summary>Adds, for each item, the probability that an exposure by the user's favourite tags falls on it.</summary>
    public void AddTagProbability(int user, double scale, Span<double> probability)
    {
        foreach (var (tag, share) in FavouriteTags[user])
        {
            var items = _tagItems[tag];
            var weights = _tagProbability[tag];
            for (var i = 0; i < items.Length; i++)
            {
                probability[items[i]] += scale * share * weights[i];
            }
        }
    }

    /// <summary>3 to 15 other users, mostly the most similar of a random sample; fewer when there are not enough users.</summary>
    public int[] DrawFriends(int user, ref SyntheticRandom random)
    {
        const int Sample = 60;
        var wanted = 3 + random.Next(13);
        var sample = new List<(float Similarity, int User)>(Sample);
        var seen = new HashSet<int> { user };
        for (var i = 0; i < Sample; i++)
        {
            var other = random.Next(Options.Users);
            if (seen.Add(other))
            {
                sample.Add((Similarity(user, other), other));
            }
        }

        // Every fourth friend was met by chance: the first of the sample keep their place.
        var byChance = Math.Min(wanted / 4, sample.Count);
        sample.Sort(byChance, sample.Count - byChance, Comparer<(float Similarity, int User)>.Create(
            (a, b) => a.Similarity != b.Similarity ? b.Similarity.CompareTo(a.Similarity) : a.User.CompareTo(b.User)));
        var friends = new int[Math.Min(wanted, sample.Count)];
        for (var i = 0; i < friends.Length; i++)
        {
            friends[i] = sample[i].User;
        }

        return friends;
    }

    /// <summary>Cosine of two users' tastes at the start.</summary>
    public float Similarity(int user, int other)
    {
        var sum = 0f;
        for (var d = 0; d < D; d++)
        {
            sum += _tastes[(user * Knots * D) + d] * _tastes[(other * Knots * D) + d];
        }

        return sum;
    }

    private static float[] Vectors(ref SyntheticRandom random, int count)
    {
        var values = new float[count * D];
        for (var i = 0; i < count; i++)
        {
            AddRandom(ref random, 1, values.AsSpan(i * D, D));
        }

        return values;
    }

    /// <summary>Adds a random direction of the given length.</summary>
    private static void AddRandom(ref SyntheticRandom random, double length, Span<float> vector)
    {
        Span<float> direction = stackalloc float[D];
        for (var d = 0; d < D; d++)
        {
            direction[d] = (float)random.NextGaussian();
        }

        Normalise(direction);
        Add(direction, length, vector);
    }

    private static void Add(ReadOnlySpan<float> values, double scale, Span<float> vector)
    {
        for (var d = 0; d < D; d++)
        {
            vector[d] += (float)scale * values[d];
        }
    }

    private static void Normalise(Span<float> vector)
    {
        var square = 1e-12;
        foreach (var value in vector)
        {
            square += (double)value * value;
        }

        var scale = (float)(1 / Math.Sqrt(square));
        for (var d = 0; d < vector.Length; d++)
        {
            vector[d] *= scale;
        }
    }

    private static ReadOnlySpan<float> Row(float[] vectors, int row) => vectors.AsSpan(row * D, D);

    private long[] CreationTimes(ref SyntheticRandom random)
    {
        var times = new long[Options.Items];
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = i < (int)(times.Length * SyntheticTuning.ArrivingShare)
                ? (long)(random.NextDouble() * SpanMilliseconds)
                : -(long)(random.NextDouble() * 720 * DayMilliseconds) - 1;
        }

        Array.Sort(times);
        return times;
    }

    private double[] Popularities(ref SyntheticRandom random)
    {
        var n = Options.Items;
        var ranks = new int[n];
        for (var i = 0; i < n; i++)
        {
            var j = random.Next(i + 1);
            ranks[i] = ranks[j];
            ranks[j] = i;
        }

        var popularity = new double[n];
        var total = 0.0;
        for (var i = 0; i < n; i++)
        {
            var rank = ranks[i] + 1 + SyntheticTuning.PopularityOffset;
            popularity[i] = StableMath.Exp(-SyntheticTuning.PopularityExponent * StableMath.Log(rank));
            total += popularity[i];
        }

        for (var i = 0; i < n; i++)
        {
            popularity[i] /= total;
        }

        return popularity;
    }

    private void MakeItem(ref SyntheticRandom random, int item, float[] centroids, float[] languages)
    {
        var count = 1 + random.Next(3);
        var tags = new int[count];
        var vector = _items.AsSpan(item * D, D);
        for (var t = 0; t < count; t++)
        {
            do
            {
                tags[t] = random.Next(SyntheticNames.Tags.Length);
            }
            while (tags.AsSpan(0, t).Contains(tags[t]));
            Add(Row(centroids, tags[t]), 1.0 / (1 + t), vector);
        }

        Normalise(vector);
        AddRandom(ref random, SyntheticTuning.ItemDeviation, vector);

        // The commonest language has about half of the items.
        var language = (byte)Math.Min(random.Next(SyntheticNames.Languages.Length), random.Next(SyntheticNames.Languages.Length));
        Add(Row(languages, language), SyntheticTuning.AttributePull, vector);
        Normalise(vector);
        ItemTags[item] = tags;
        ItemLanguage[item] = language;
    }

    private void MakeUser(
        ref SyntheticRandom random, int user, float[] centroids, float[] languages, float[] ages, float[] devices)
    {
        var count = 2 + random.Next(2);
        var favourites = new (int Tag, double Share)[count];
        var vector = _tastes.AsSpan(user * Knots * D, D);
        var total = 0.0;
        for (var t = 0; t < count; t++)
        {
            var tag = random.Next(SyntheticNames.Tags.Length);
            var share = random.Between(0.5, 1) / (1 + t);
            favourites[t] = (tag, share);
            total += share;
            Add(Row(centroids, tag), share, vector);
        }

        for (var t = 0; t < count; t++)
        {
            favourites[t].Share /= total;
        }

        FavouriteTags[user] = favourites;
        Normalise(vector);
        AddRandom(ref random, SyntheticTuning.UserDeviation, vector);
        Country[user] = (byte)random.Next(SyntheticNames.Countries.Length);
        AgeBand[user] = (byte)random.Next(SyntheticNames.AgeBands.Length);
        Device[user] = (byte)random.Next(SyntheticNames.Devices.Length);
        Add(Row(languages, Country[user] % SyntheticNames.Languages.Length), SyntheticTuning.AttributePull, vector);
        Add(Row(ages, AgeBand[user]), SyntheticTuning.AttributePull, vector);
        Add(Row(devices, Device[user]), SyntheticTuning.AttributePull / 2, vector);
        Normalise(vector);
        var length = SyntheticTuning.Drift / Math.Sqrt(SyntheticTuning.DriftSteps);
        for (var k = 1; k < Knots; k++)
        {
            var next = _tastes.AsSpan(((user * Knots) + k) * D, D);
            _tastes.AsSpan(((user * Knots) + k - 1) * D, D).CopyTo(next);
            AddRandom(ref random, length, next);
            Normalise(next);
        }

        Activity[user] = StableMath.Exp(SyntheticTuning.ActivitySpread * random.NextGaussian());
    }

    private (AliasTable Popular, AliasTable[] ByTag, int[][] Items, double[][] Probability) Tables(int tags)
    {
        var all = new int[Options.Items];
        var lists = new List<int>[tags];
        for (var t = 0; t < tags; t++)
        {
            lists[t] = [];
        }

        for (var i = 0; i < all.Length; i++)
        {
            all[i] = i;
            foreach (var tag in ItemTags[i])
            {
                lists[tag].Add(i);
            }
        }

        var tables = new AliasTable[tags];
        var items = new int[tags][];
        var probabilities = new double[tags][];
        for (var t = 0; t < tags; t++)
        {
            // A tag that no item has stands for all items.
            items[t] = lists[t].Count > 0 ? [.. lists[t]] : all;
            var weights = new double[items[t].Length];
            var total = 0.0;
            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] = Popularity[items[t][i]];
                total += weights[i];
            }

            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] /= total;
            }

            tables[t] = new AliasTable(items[t], weights);
            probabilities[t] = weights;
        }

        return (new AliasTable(all, Popularity), tables, items, probabilities);
    }
}
