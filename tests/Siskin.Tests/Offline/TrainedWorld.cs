using Siskin.Data.Datasets;
using Siskin.Data.Datasets.Synthetic;
using Siskin.Models.Factorization;
using Siskin.Models.Interactions;
using Siskin.Offline.Jobs;
using Siskin.Serving.Releases;

namespace Siskin.Tests.Offline;

/// <summary>A small synthetic world and a release trained on it, made once for all tests.</summary>
internal static class TrainedWorld
{
    public static TrainingSettings Settings { get; } = new()
    {
        Als = new ImplicitAlsOptions { Dimensions = 8, Epochs = 4, Threads = 1 },
        SegmentUsers = 5,
    };

    private static Lazy<Task<TrainingData>> LazyData { get; } = new(async () =>
    {
        var world = new SyntheticWorld(new SyntheticWorldOptions { Users = 150, Items = 120, Events = 4000, Days = 30 });
        return (await TrainingData.ReadAsync(world, new DatasetReadContext())).Data;
    });

    private static Lazy<Task<Release>> LazyRelease { get; } = new(async () => await TrainJob.TrainAsync(await LazyData.Value, Settings, TuningEffort.None));

    public static Task<TrainingData> DataAsync() => LazyData.Value;

    public static Task<Release> ReleaseAsync() => LazyRelease.Value;

    public static HashSet<(int User, int Item)> Keys(IEnumerable<Interaction> pairs) => [.. pairs.Select(p => (p.User, p.Item))];
}
