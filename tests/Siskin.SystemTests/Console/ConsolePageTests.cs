using Microsoft.Playwright;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets.Synthetic;
using Siskin.Data.Events;
using Siskin.Serving.Candidates;
using Siskin.Serving.Recall;
using static Microsoft.Playwright.Assertions;

namespace Siskin.SystemTests.Console;

public sealed class ConsolePageTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task A_like_takes_the_item_from_the_list_to_the_top_of_the_history()
    {
        await using var host = await ConsoleHost.StartAsync(World());
        var page = await browser.OpenAsync();
        await page.GotoAsync(host.Address.ToString());
        await page.Locator("#user").FillAsync("u00042");
        await page.Locator(".picker button").ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("u00042");
        var before = await ListAsync(page);
        var history = await HistoryAsync(page);
        Assert.Equal(10, before.Count);
        Assert.NotEmpty(history);
        Assert.DoesNotContain(before[0], history);

        await page.Locator(".items > li").First.Locator("button.like").ClickAsync();
        await Expect(page.Locator("#note")).ToContainTextAsync("liked");

        var after = await ListAsync(page);
        Assert.Equal(10, after.Count);
        Assert.DoesNotContain(before[0], after);
        Assert.NotEqual(before[1..], after);
        Assert.Equal([before[0], .. history.Take(24)], await HistoryAsync(page));
        await Expect(page.Locator("[data-change]")).ToContainTextAsync("recommendations are new");

        var e = await LastEventAsync(host);
        Assert.Equal(("like", "u00042", before[0], "home"), (e.Type, e.User, e.Item, e.Scene));
        Assert.False(string.IsNullOrEmpty(e.Request));
        await SaveScreenshotAsync(page);

        // The address leads back to the same page, and reloading it sends nothing again.
        var end = host.Log.End;
        await page.ReloadAsync();
        Assert.Equal(after, await ListAsync(page));
        Assert.Equal(end, host.Log.End);
    }

    [Fact]
    public async Task A_new_visitor_becomes_somebody_by_one_like()
    {
        await using var host = await ConsoleHost.StartAsync(World());
        var page = await browser.OpenAsync(390, 844);
        await page.GotoAsync(host.Address.ToString());
        await page.Locator("#random").ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("For u");
        await page.Locator("#visitor").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("For a new visitor");
        var visitor = await page.Locator("#page").GetAttributeAsync("data-user");
        Assert.Matches("^visitor-[a-z0-9]{6}$", visitor);
        Assert.Empty(await HistoryAsync(page));
        Assert.Equal(0, await page.Locator(".reason em").CountAsync());
        var before = await ListAsync(page);

        await page.Locator(".items > li").Nth(2).Locator("button.like").ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync(visitor!);

        Assert.Equal([before[2]], await HistoryAsync(page));
        Assert.DoesNotContain(before[2], await ListAsync(page));
        Assert.Equal(visitor, (await LastEventAsync(host)).User);

        // Some channel goes by the one item that was liked.
        await Expect(page.Locator("tr.answered", new() { HasText = "item-to-item" })).ToHaveCountAsync(1);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "The page is wider than a phone.");
    }

    [Fact]
    public async Task Hostile_titles_and_ids_are_shown_as_they_are_and_never_run()
    {
        await using var host = await ConsoleHost.StartAsync(new HostileDataset());
        var page = await browser.OpenAsync();
        var errors = new List<string>();
        page.PageError += (_, e) => errors.Add(e);
        page.Console += (_, m) => errors.Add(m.Text);
        await page.GotoAsync(host.Address.ToString());
        await page.Locator("#user").FillAsync(HostileDataset.User);
        await page.Locator(".picker button").ClickAsync();
        await Expect(page.Locator("h1 bdi")).ToHaveTextAsync(HostileDataset.User);
        var titles = Enumerable.Range(0, 24).ToDictionary(HostileDataset.ItemId, HostileDataset.Title);
        var before = await ListAsync(page);
        Assert.Equal(10, before.Count);
        Assert.Equal(before.Select(id => titles[id]), await page.Locator(".items h2 bdi").AllTextContentsAsync());

        await page.Locator(".items > li").First.Locator("button.like").ClickAsync();
        await Expect(page.Locator("#note")).ToContainTextAsync(titles[before[0]]);
        Assert.Equal(before[0], (await HistoryAsync(page))[0]);
        Assert.Equal(HostileDataset.User, (await LastEventAsync(host)).User);
        await page.Locator(".items > li").First.GetByTitle("More like this").ClickAsync();
        await Expect(page.Locator(".beside")).ToBeVisibleAsync();
        await page.Locator(".why summary").First.ClickAsync();

        // The same over the whole page load, where the browser and not the script reads the markup.
        await page.ReloadAsync();
        await Expect(page.Locator("h1 bdi")).ToHaveTextAsync(HostileDataset.User);
        Assert.True(await page.EvaluateAsync<bool>("window.hacked === undefined"));
        Assert.Equal(0, await page.Locator("#page script, #page img, #page [onclick], #page [onload], #page b b").CountAsync());
        Assert.Empty(errors);
    }

    [Fact]
    public async Task The_page_works_without_script_and_below_a_prefix()
    {
        await using var host = await ConsoleHost.StartAsync(World(), prefix: "/siskin");
        var page = await browser.OpenAsync(hasScript: false);
        await page.GotoAsync(host.Address + "?user=u00007&diversity=0");
        var before = await ListAsync(page);
        await page.Locator(".items > li").First.Locator("button.like").ClickAsync();
        await Expect(page.Locator("#note")).ToContainTextAsync("liked");
        Assert.StartsWith(host.Address + "?user=u00007&", page.Url, StringComparison.Ordinal);
        Assert.Contains("diversity=0&", page.Url, StringComparison.Ordinal);
        Assert.Equal(before[0], (await HistoryAsync(page))[0]);
        Assert.DoesNotContain(before[0], await ListAsync(page));
    }

    [Fact]
    public async Task Parameters_scenes_and_suggestions_change_the_page_in_place()
    {
        await using var host = await ConsoleHost.StartAsync(World());
        var page = await browser.OpenAsync();
        await page.GotoAsync(host.Address + "?user=u00042");
        await page.Locator("#tune > summary").ClickAsync();
        await page.Locator("#count").FillAsync("5");
        await page.Locator("#count").BlurAsync();
        await Expect(page.Locator(".items > li")).ToHaveCountAsync(5);
        Assert.True(await page.Locator("#tune").EvaluateAsync<bool>("d => d.open"));
        var before = await ListAsync(page);

        await page.Locator("#diversity").FillAsync("0.9");
        await Expect(page.Locator("output[for=diversity]")).ToHaveTextAsync("0.9");
        await Expect(page.Locator(".changed dd")).ToContainTextAsync(["5", "60000", "0.9"]);
        Assert.NotEqual(before, await ListAsync(page));

        await page.GetByRole(AriaRole.Link, new() { Name = "feed" }).ClickAsync();
        await Expect(page.Locator(".items > li")).ToHaveCountAsync(30);
        await page.GoBackAsync();
        await Expect(page.Locator(".items > li")).ToHaveCountAsync(5);

        await page.Locator("#user").FillAsync("u0004");
        await Expect(page.Locator("#users option")).ToHaveCountAsync(10);
    }

    [Fact]
    public async Task What_is_missing_or_wrong_is_explained()
    {
        await using var empty = await ConsoleHost.StartAsync(null, isTrained: false);
        var page = await browser.OpenAsync();
        await page.GotoAsync(empty.Address.ToString());
        await Expect(page.Locator(".empty pre")).ToContainTextAsync($"curl -X POST {empty.Address}v1/items");

        await using var untrained = await ConsoleHost.StartAsync(World(), isTrained: false);
        await page.GotoAsync(untrained.Address.ToString());
        await Expect(page.Locator(".info")).ToContainTextAsync("siskin train");
        Assert.NotEmpty(await ListAsync(page));

        var answer = await page.GotoAsync(untrained.Address + "?scene=nowhere");
        Assert.Equal(400, answer!.Status);
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("the scenes are feed, for-you, home, similar");
    }

    [Fact]
    public async Task A_channel_that_fails_is_named_and_costs_only_its_own_part()
    {
        await using var host = await ConsoleHost.StartAsync(World(), isTrained: false, channel: new BrokenChannel());
        var page = await browser.OpenAsync();
        await page.GotoAsync(host.Address + "?user=u00042");
        await Expect(page.Locator(".warn li")).ToHaveTextAsync("broken failed and was left out: <b>no luck</b>");
        await Expect(page.Locator("tr.failed")).ToContainTextAsync("broken");
        Assert.Equal(10, (await ListAsync(page)).Count);
    }

    [Fact]
    public async Task Without_likes_the_first_type_that_speaks_for_an_item_and_consumes_it_is_sent()
    {
        await using var host = await ConsoleHost.StartAsync(World(), isTrained: false);
        var page = await browser.OpenAsync();
        await host.SetSchemaAsync(CatalogueSchema.Default with
        {
            EventTypes = [new() { Name = "impression", Weight = 0, IsConsumption = false }, new() { Name = "wish", IsConsumption = false }, new() { Name = "view" }],
        });
        await page.GotoAsync(host.Address + "?user=ann");
        var before = await ListAsync(page);
        await Expect(page.Locator(".items > li").First.Locator("button")).ToHaveTextAsync(["♥ View"]);
        await page.Locator(".items > li").First.Locator("button").ClickAsync();
        await Expect(page.Locator("#note")).ToContainTextAsync("taken");
        Assert.Equal(("view", before[0]), ((await LastEventAsync(host)).Type, (await HistoryAsync(page)).Single()));
    }

    [Fact]
    public async Task Forms_sent_by_other_sites_or_with_nonsense_are_refused()
    {
        await using var host = await ConsoleHost.StartAsync(World(), isTrained: false);
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var end = host.Log.End;
        Assert.Equal(403, await PostAsync("i00001", "like", ("Sec-Fetch-Site", "cross-site")));
        Assert.Equal(403, await PostAsync("i00001", "like", ("Origin", "http://elsewhere.example")));
        Assert.Equal(403, await PostAsync("i00001", "like", ("Origin", "null")));
        Assert.Equal(400, await PostAsync("i00001", "hug"));
        Assert.Equal(400, await PostAsync("i99999", "like"));
        using var json = await client.PostAsync(host.Address, new StringContent("{}"));
        Assert.Equal(400, (int)json.StatusCode);
        Assert.Equal(end, host.Log.End);

        // Twice the same press of a button is one event.
        Assert.Equal(303, await PostAsync("i00001", "like", ("Origin", host.Address.GetLeftPart(UriPartial.Authority))));
        Assert.Equal(303, await PostAsync("i00001", "like"));
        Assert.Equal(end + 1, host.Log.End);

        async Task<int> PostAsync(string item, string type, (string Name, string Value)? header = null)
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, host.Address + "?scene=home");
            message.Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["user"] = "ann", ["item"] = item, ["type"] = type, ["request"] = "r1" });
            if (header is { } h)
            {
                message.Headers.Add(h.Name, h.Value);
            }

            using var response = await client.SendAsync(message);
            return (int)response.StatusCode;
        }
    }

    /// <summary>Ends a little before now, so that what happens in a test follows what happened before.</summary>
    private static SyntheticWorld World() => new(new SyntheticWorldOptions { Users = 500, Items = 300, Events = 20_000, Start = DateTimeOffset.UtcNow.AddDays(-95) });

    private static Task<List<string>> ListAsync(IPage page) => ItemsAsync(page, ".items > li");

    private static Task<List<string>> HistoryAsync(IPage page) => ItemsAsync(page, "#history > li");

    private static async Task<List<string>> ItemsAsync(IPage page, string selector) =>
        [.. await page.Locator(selector).EvaluateAllAsync<string[]>("rows => rows.map(li => li.dataset.item)")];

    private static async Task<Event> LastEventAsync(ConsoleHost host)
    {
        Event? last = null;
        await foreach (var batch in host.Log.ReadAsync(0))
        {
            last = batch.Events[^1];
        }

        return last!;
    }

    /// <summary>Makes the documentation's picture when asked to.</summary>
    private static async Task SaveScreenshotAsync(IPage page)
    {
        if (Environment.GetEnvironmentVariable("SISKIN_SCREENSHOT") is { Length: > 0 } path)
        {
            await page.WaitForTimeoutAsync(1_000);
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = path });
        }
    }

    private sealed class BrokenChannel : IRecallChannel
    {
        public string Name => "broken";

        public string Description => "Always throws.";

        public int DefaultQuota => 10;

        public bool IsInline => true;

        public ValueTask RecallAsync(RecallContext context, ChannelLease lease, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("<b>no luck</b>");
    }
}
