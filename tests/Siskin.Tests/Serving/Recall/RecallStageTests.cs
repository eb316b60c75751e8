using Siskin.Serving.Pipeline;
using Siskin.Serving.Recall;

namespace Siskin.Tests.Serving.Recall;

public sealed class RecallStageTests
{
    private static readonly RecommendationRequest Request = Ask.Only("popular", quota: 5) with { User = "u" };

    [Fact]
    public async Task A_channel_that_ignores_its_deadline_is_left_out_by_name_and_its_late_writes_harm_nobody()
    {
        using var release = new ManualResetEventSlim();
        var calls = 0;
        var ended = new TaskCompletionSource();
        var late = new TestChannel("late", async (context, lease, _) =>
        {
            if (Interlocked.Increment(ref calls) > 1)
            {
                return;
            }

            await Task.Yield();
            var end = DateTime.UtcNow.AddSeconds(30);
            while (!release.IsSet && DateTime.UtcNow < end)
            {
                // Goes on offering, and reading the request, all the while.
                lease.Offer("h", 1);
                Assert.Equal("u", context.Request.User);
                Assert.Empty(context.RecentItems);
            }

            ended.SetResult();
        });
        var holder = SmallRelease.WithItems(8).Hold();
        var recommender = new Recommender(holder, new RecommenderOptions { Channels = [.. RecallChannels.BuiltIn, late] });
        var undisturbed = new Recommender(holder);

        var response = await recommender.RecommendAsync(Request.With("deadlineMs", "150"));
        Assert.InRange(response.Milliseconds, 0, 10_000);
        Assert.Equal("a b c d e", string.Join(' ', response.Items.Select(i => i.Item)));
        var degradation = Assert.Single(response.Degradations);
        Assert.Equal((DegradationReason.ChannelLate, "late"), (degradation.Reason, degradation.Source));
        var trace = response.Trace!.Channels[^1];
        Assert.Equal(("late", ChannelOutcome.Late, 0), (trace.Name, trace.Outcome, trace.Found));

        for (var i = 0; i < 500; i++)
        {
            var other = Request with { User = "other" + (i % 7), Count = 1 + (i % 8), Item = i % 3 == 0 ? "a" : null };
            Assert.Equal(await undisturbed.ListAsync(other), await recommender.ListAsync(other));
        }

        release.Set();
        await ended.Task;
        Assert.Equal(await undisturbed.ListAsync(Request), await recommender.ListAsync(Request));
    }

    [Fact]
    public async Task A_channel_that_heeds_its_token_is_late_as_well()
    {
        var polite = new TestChannel("polite", async (_, _, token) => await Task.Delay(Timeout.Infinite, token));
        var response = await WithAsync(polite, Request.With("deadlineMs", "50"));
        Assert.Equal("a b c d e", string.Join(' ', response.Items.Select(i => i.Item)));
        Assert.Equal((DegradationReason.ChannelLate, "polite"), (Assert.Single(response.Degradations).Reason, response.Degradations[0].Source));
        Assert.Equal(ChannelOutcome.Late, response.Trace!.Channels[^1].Outcome);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_channel_that_throws_costs_the_answer_only_its_own_part(bool isInline, bool atOnce)
    {
        var broken = new TestChannel(
            "broken",
            async (_, lease, _) =>
            {
                lease.Offer("h", 1);
                if (!atOnce)
                {
                    await Task.Yield();
                }

                throw new InvalidOperationException("it is broken");
            },
            isInline);
        var response = await WithAsync(broken, Request);
        Assert.Equal("a b c d e", string.Join(' ', response.Items.Select(i => i.Item)));
        Assert.Equal(new Degradation(DegradationReason.ChannelFailed, "broken", "it is broken"), Assert.Single(response.Degradations));
        Assert.Equal((ChannelOutcome.Failed, 0, "it is broken"), (response.Trace!.Channels[^1].Outcome, response.Trace.Channels[^1].Found, response.Trace.Channels[^1].Reason));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_channel_offers_too_much_twice_or_of_its_own_invention_is_left_out(bool isInline)
    {
        var accepted = new List<bool>();
        var wild = new TestChannel(
            "wild",
            (_, lease, _) =>
            {
                foreach (var id in new[] { "unknown", null!, "g", "g", "f", "seen", "e", "d" })
                {
                    accepted.Add(lease.Offer(id, id == "f" ? double.NaN : double.MaxValue));
                }

                return ValueTask.CompletedTask;
            },
            isInline);
        var recommender = SmallRelease.WithItems(7).Add(new() { Id = "seen" }).Took("u", "seen").Recommender(new RecommenderOptions { Channels = [.. RecallChannels.BuiltIn, wild] });
        var response = await recommender.RecommendAsync((Request with { Parameters = Ask.Channels(("wild", 4)) }) with { Count = 10 });

        Assert.Equal("g f e", string.Join(' ', response.Items.Select(i => i.Item)));
        Assert.Equal([true, true, true, true, true, true, false, false], accepted);
        Assert.Equal(4, response.Trace!.Channels[^1].Found);
        Assert.All(response.Items, i => Assert.True(double.IsFinite(i.Trace!.Channels[0].Score)));
    }

    [Fact]
    public async Task Channels_are_told_in_the_order_of_the_pipeline_whichever_ended_first()
    {
        var slow = new TestChannel("slow", async (_, lease, _) =>
        {
            await Task.Delay(20);
            lease.Offer("a", 1);
        });
        var fast = new TestChannel("fast", (_, lease, _) => ValueTask.CompletedTask, isInline: true);
        var recommender = SmallRelease.WithItems(3).Recommender(new RecommenderOptions { Channels = [slow, fast] });
        var response = await recommender.RecommendAsync(new RecommendationRequest { Scene = "feed", Explain = true, Parameters = new Dictionary<string, string> { ["deadlineMs"] = "60000" } });
        Assert.Equal(["slow", "fast"], response.Trace!.Channels.Select(c => c.Name));
    }

    private static async Task<RecommendationResponse> WithAsync(IRecallChannel channel, RecommendationRequest request) =>
        await SmallRelease.WithItems(8).Recommender(new RecommenderOptions { Channels = [.. RecallChannels.BuiltIn, channel] }).RecommendAsync(request);
}
