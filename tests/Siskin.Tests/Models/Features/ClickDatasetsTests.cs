using Siskin.Data.Datasets;
using Siskin.Models.Features;
using Siskin.Models.Training;

namespace Siskin.Tests.Models.Features;

public sealed class ClickDatasetsTests
{
    private static readonly string Data = Path.Combine(Repository.Root, "..", "shared", "data");

    [Fact]
    public async Task The_movielens_samples_encode_without_findings()
    {
        var folder = Folder("movielens-ctr");
        var set = await ClickDatasets.ReadSamplesAsync(folder);
        Assert.Equal((26_104, 22_440), (set.Train.RowCount, set.Test.RowCount));

        // The file holds the latest first, the sequence the oldest.
        Assert.Equal(["899", "480", "592", "593", "356"], set.Train.Lists("history")[0]);
        Check(set);
    }

    [Fact]
    public async Task Ratings_are_cut_at_one_moment_and_know_nothing_of_later_ones()
    {
        var source = await DatasetFormats.OpenAsync($"movielens-100k:{Folder("movielens-100k")}");
        var set = await ClickDatasets.FromRatingsAsync(source);
        Assert.True(set.IsTemporal);
        Assert.Equal(100_000, set.Train.RowCount + set.Test.RowCount);
        Assert.InRange(set.Test.RowCount, 20_000, 20_500);
        Assert.Equal(0, set.Train.Numbers("userCount")[0]);
        Assert.Empty(set.Train.Lists("history")[0]);
        Check(set);
    }

    private static string Folder(string name)
    {
        var folder = Path.Combine(Data, name);
        if (!Directory.Exists(folder))
        {
            Assert.Skip($"{name} is not here");
        }

        return folder;
    }

    private static void Check(ClickDataset set)
    {
        var encoder = FeatureEncoder.Fit(set.Schema, set.Train);
        Assert.Empty(TrainingDataCheck.Examples(FeatureExamples.From(encoder.Encode(set.Train))).Findings);
        var test = encoder.Encode(set.Test);
        Assert.False(TrainingDataCheck.Examples(FeatureExamples.From(test), "test").HasErrors);
        var item = encoder.Layout.Slots[encoder.Layout.IndexOf(set.Schema.Fields[1].Name)];
        Assert.True(test.Categorical(item.Index).Count(0) < test.RowCount / 10);
        Assert.True(test.ListIds(0).Length > test.RowCount);
    }
}
