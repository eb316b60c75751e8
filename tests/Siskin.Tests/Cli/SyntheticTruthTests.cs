using Siskin.Cli.Evaluation;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets;
using Siskin.Data.Datasets.Synthetic;
using Siskin.Data.Events;
using Siskin.Offline.Jobs;

namespace Siskin.Tests.Cli;

public sealed class SyntheticTruthTests
{
    [Fact]
    public async Task Scores_follow_the_rows_of_the_data_and_strangers_score_0()
    {
        var world = new SyntheticWorld(new SyntheticWorldOptions { Users = 20, Items = 50, Events = 200, Days = 5 });
        var (catalogue, log) = (new InMemoryCatalogue(), new InMemoryEventLog());
        await catalogue.UpsertItemsAsync([new Item { Id = "stranger" }], TestContext.Current.CancellationToken);
        await new DatasetImporter(catalogue, log).ImportAsync(world, cancellationToken: TestContext.Current.CancellationToken);

        // Changed, so that it stands last among the changes.
        await catalogue.UpsertItemsAsync([new Item { Id = SyntheticWorld.ItemId(0), Title = "Renamed" }], TestContext.Current.CancellationToken);
        var data = await TrainingData.ReadAsync(catalogue, log, null, TestContext.Current.CancellationToken);
        var at = world.Options.Start.AddDays(3);
        var expected = new float[50];
        new SyntheticOracle(world).Scores(SyntheticWorld.UserId(4), at, expected);

        var scores = new float[51];
        var truth = new SyntheticTruth(world, data);
        truth.Score(SyntheticWorld.UserId(4), at, scores);

        Assert.Equal(("stranger", SyntheticWorld.ItemId(0)), (data.Items[0].Id, data.Items[50].Id));
        Assert.Equal([0, .. expected[1..], expected[0]], scores);
        truth.Score("somebody", at, scores);
        Assert.All(scores, score => Assert.Equal(0, score));
    }
}
