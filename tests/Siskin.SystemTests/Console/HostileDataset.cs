using System.Runtime.CompilerServices;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets;
using Siskin.Data.Events;

namespace Siskin.SystemTests.Console;

/// <summary>A small data set whose ids, titles and tags try to break out of the page.</summary>
internal sealed class HostileDataset : IDatasetSource
{
    /// <summary>Slashes, quotes, markup, an escape, letters beyond the basic plane and a change of direction.</summary>
    public const string User = "a/b?c=d&e#f \"'><script>window.hacked=1</script>%2f ü😀\u202e";

    private static readonly string[] Titles =
    [
        "<script>window.hacked=1</script>",
        "\"><img src=x onerror=window.hacked=1>",
        "'; window.hacked=1; //",
        "</style></title><svg onload=window.hacked=1>",
        "{{7*7}} ${7*7} @(7*7)",
        "</script><script>window.hacked=1</script>",
    ];

    public string Name => "hostile";

    public CatalogueSchema Schema => CatalogueSchema.Default;

    public static string ItemId(int i) => $"i/{i}\"<b>&amp;'{(char)('α' + i)}";

    public static string Title(int i) => Titles[i % Titles.Length] + i;

    public async IAsyncEnumerable<Item> ReadItemsAsync(DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        for (var i = 0; i < 24; i++)
        {
            yield return new Item { Id = ItemId(i), Title = Title(i), Tags = [$"<i onclick='window.hacked=1'>{i % 3}"] };
        }
    }

    public async IAsyncEnumerable<User> ReadUsersAsync(DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        yield return new User { Id = User };
    }

    public async IAsyncEnumerable<Event> ReadEventsAsync(DatasetReadContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        for (var i = 0; i < 120; i++)
        {
            yield return new Event
            {
                Id = "e" + i,
                Type = i % 3 == 0 ? "like" : "click",
                User = i < 6 ? User : $"<u>{i % 20}",
                Item = ItemId(i * 7 % 24),
                Time = DateTimeOffset.UtcNow.AddHours(i - 200),
            };
        }
    }
}
