using System.Globalization;
using System.Runtime.CompilerServices;
using Siskin.Data.Catalogue;
using Siskin.Data.Events;

namespace Siskin.Data.Datasets.Synthetic;

/// <summary>A made-up world of users with tastes and items with contents, whose events look like those of a film site.</summary>
/// <remarks>
/// <para>
/// Items belong to one to three of 24 tags, each with a direction in a latent space; users favour two or three tags, a
/// little bent by country, age band and device, and their tastes walk slowly. Popularity follows a Zipf law, activity a
/// log-normal one. A user comes in sessions, is exposed to a few items (popular, favourite tags, new, any) and clicks one
/// of them by affinity, each item at most once; likes, ratings and purchases may follow a click. A fifth of the items
/// comes into being while events happen. Friends have similar tastes.
/// </para>
/// <para>
/// The same options give the same world, bit for bit, on every platform. Building takes O(users + items) memory and the
/// stream of events, ascending in time, keeps each user's clicked items besides. Since the truth is known, so is the best
/// possible ranking: <see cref="SyntheticOracle"/>. Safe for concurrent use.
/// </para>
/// </remarks>
public sealed class SyntheticWorld : IDatasetSource
{
    private static readonly string[] TypeNames = ["click", "like", "rating", "purchase"];

    /// <summary>Makes the users and items of a world.</summary>
    /// <param name="options">Which world.</param>
    /// <exception cref="ArgumentException">Options are out of range; the message names all that are.</exception>
    public SyntheticWorld(SyntheticWorldOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Population = new SyntheticPopulation(options);
    }

    /// <summary>The options that made the world.</summary>
    public SyntheticWorldOptions Options => Population.Options;

    /// <summary>Names the options, so that different worlds have different event ids.</summary>
    public string Name => string.Create(
        CultureInfo.InvariantCulture,
        $"synthetic-{Options.Seed}-{Options.Users}-{Options.Items}-{Options.Events}-{Options.Days}");

    /// <inheritdoc/>
    public CatalogueSchema Schema { get; } = CatalogueSchema.Default with
    {
        ItemAttributes =
        [
            new() { Name = "length_minutes", Type = AttributeType.Numeric, IsFeature = true, IsFilterable = true },
            new() { Name = "language", Type = AttributeType.Categorical, IsFeature = true, IsFilterable = true },
        ],
        UserAttributes =
        [
            new() { Name = "country", Type = AttributeType.Categorical, IsFeature = true, IsFilterable = true },
            new() { Name = "age_band", Type = AttributeType.Categorical, IsFeature = true, IsFilterable = true },
            new() { Name = "device", Type = AttributeType.Categorical, IsFeature = true, IsFilterable = true },
        ],
    };

    internal SyntheticPopulation Population { get; }

    /// <summary>Id of an item.</summary>
    /// <param name="number">Its place in <see cref="ReadItemsAsync"/>, from 0.</param>
    public static string ItemId(int number) => string.Create(CultureInfo.InvariantCulture, $"i{number + 1:D5}");

    /// <summary>Id of a user.</summary>
    /// <param name="number">Its place in <see cref="ReadUsersAsync"/>, from 0.</param>
    public static string UserId(int number) => string.Create(CultureInfo.InvariantCulture, $"u{number + 1:D5}");

    /// <summary>All items in order of creation.</summary>
    /// <param name="context">Gets progress.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<Item> ReadItemsAsync(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false); // nothing here waits, but an async iterator must
        context.Begin(Options.Items);
        var random = new SyntheticRandom((ulong)(uint)Options.Seed | (2UL << 40));
        var titles = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Options.Items; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var title = SyntheticNames.Title(ref random);

            // Repeats are avoided as long as there are plenty of other titles.
            for (var attempt = 0; attempt < 20 && !titles.Add(title); attempt++)
            {
                title = SyntheticNames.Title(ref random);
            }

            yield return new Item
            {
                Id = ItemId(i),
                Title = title,
                Tags = Array.ConvertAll(Population.ItemTags[i], tag => SyntheticNames.Tags[tag]),
                Price = random.Next(10) == 0 ? 0 : 1.99 + random.Next(18),
                CreatedAt = Options.Start.AddMilliseconds(Population.CreatedAt[i]),
                Attributes = new Dictionary<string, AttributeValue>(StringComparer.Ordinal)
                {
                    ["length_minutes"] = AttributeValue.Of(Math.Clamp(Math.Round(100 + (22 * random.NextGaussian())), 20, 240)),
                    ["language"] = AttributeValue.Of(SyntheticNames.Languages[Population.ItemLanguage[i]]),
                },
            };
            Count(context);
        }
    }

    /// <summary>All users.</summary>
    /// <param name="context">Gets progress.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<User> ReadUsersAsync(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false); // as above
        context.Begin(Options.Users);
        var random = new SyntheticRandom((ulong)(uint)Options.Seed | (3UL << 40));
        for (var u = 0; u < Options.Users; u++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new User
            {
                Id = UserId(u),
                Friends = Array.ConvertAll(Population.DrawFriends(u, ref random), UserId),
                Attributes = new Dictionary<string, AttributeValue>(StringComparer.Ordinal)
                {
                    ["country"] = AttributeValue.Of(SyntheticNames.Countries[Population.Country[u]]),
                    ["age_band"] = AttributeValue.Of(SyntheticNames.AgeBands[Population.AgeBand[u]]),
                    ["device"] = AttributeValue.Of(SyntheticNames.Devices[Population.Device[u]]),
                },
            };
            Count(context);
        }
    }

    /// <summary>All events in order of time.</summary>
    /// <param name="context">Gets progress.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <remarks>Plays the world anew.</remarks>
    public async IAsyncEnumerable<Event> ReadEventsAsync(
        DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false); // as above
        context.Begin(Options.Events);
        var name = Name;
        var number = 0L;
        foreach (var action in new SyntheticSimulation(Population).Play())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (type, user, item) = (TypeNames[(int)action.Kind], UserId(action.User), ItemId(action.Item));
            var time = Options.Start.AddMilliseconds(action.Milliseconds);
            double? value = action.Kind == SyntheticActionKind.Rating ? action.Rating : null;
            yield return new Event
            {
                Id = DatasetEventId.Of(name, type, user, item, time, value, ++number),
                Type = type,
                User = user,
                Item = item,
                Time = time,
                Value = value,
            };
            Count(context);
        }
    }

    /// <summary>The number behind an id.</summary>
    /// <exception cref="ArgumentException">No such user.</exception>
    internal static int UserNumber(string id, int users)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id.StartsWith('u') && int.TryParse(id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= 1 && number <= users && id == UserId(number - 1)
            ? number - 1
            : throw new ArgumentException($"The world has no user '{id}'.", nameof(id));
    }

    private static void Count(DatasetReadContext context)
    {
        context.CountRow();
        context.Advance(1);
    }
}
