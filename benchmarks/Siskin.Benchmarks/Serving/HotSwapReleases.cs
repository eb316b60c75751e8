using System.Globalization;
using Siskin.Serving.Releases;

namespace Siskin.Benchmarks.Serving;

/// <summary>Releases that can be told apart by any of their items.</summary>
/// <remarks>Each has its number in every title, and lacks a third of the items: those whose row leaves the same remainder as its number.</remarks>
internal static class HotSwapReleases
{
    public const int Parts = 3;

    private const string Mark = " #";

    /// <summary>Writes marked copies of the release that a home has, until it has one for each part.</summary>
    /// <returns>Their numbers.</returns>
    public static int[] Write(ReleaseStore store)
    {
        var trained = store.Read(1);
        while (store.Newest < Parts + 1)
        {
            var number = store.Newest + 1;
            store.Write(new Release
            {
                Manifest = trained.Manifest,
                Schema = trained.Schema,
                Items = [.. trained.Items.Select((item, row) => item with { Title = item.Title + Mark + number.ToString(CultureInfo.InvariantCulture), IsAvailable = Has(number, row) })],
                Users = trained.Users,
                Histories = trained.Histories,
                Statistics = trained.Statistics,
                Tags = trained.Tags,
                CosineNeighbours = trained.CosineNeighbours,
                DampedNeighbours = trained.DampedNeighbours,
                Factors = trained.Factors,
                Indexes = trained.Indexes,
                Segments = trained.Segments,
                Blend = trained.Blend,
                ColdBlend = trained.ColdBlend,
                Ranker = trained.Ranker,
            });
        }

        return [.. Enumerable.Range(2, Parts)];
    }

    /// <summary>Whether a release offers the item of a row.</summary>
    public static bool Has(int release, int row) => row % Parts != release % Parts;

    /// <summary>Whether a title is that of a release.</summary>
    public static bool IsTitleOf(int release, ReadOnlySpan<char> title) =>
        title.LastIndexOf(Mark) is >= 0 and var at && int.TryParse(title[(at + Mark.Length)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number == release;
}
