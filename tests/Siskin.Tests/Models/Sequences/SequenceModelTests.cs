using Siskin.Models.Evaluation;
using Siskin.Models.Graph.Optimizers;
using Siskin.Models.Sequences;
using Siskin.Models.Training;

namespace Siskin.Tests.Models.Sequences;

public sealed class SequenceModelTests
{
    private const int Items = 13;

    /// <summary>All architectures, small.</summary>
    public static TheoryData<ISequenceArchitecture> Architectures => new()
    {
        new SasRec { Dimensions = 16, Blocks = 1, Heads = 2, Dropout = 0, MaxLength = 8 },
        new SasRec { Dimensions = 16, Blocks = 1, Dropout = 0.1f, MaxLength = 8, Negatives = 6 },
        new Gru4Rec { Dimensions = 16, Hidden = 24, Dropout = 0, MaxLength = 8 },
        new YouTubeDnn { Dimensions = 16, Layers = [32], Dropout = 0, MaxLength = 8 },
    };

    [Theory]
    [MemberData(nameof(Architectures))]
    public void The_item_after_the_last_is_found(ISequenceArchitecture architecture)
    {
        using var model = Train(architecture, 20);

        // Every item has the same frequency, so that only the history tells.
        var cases = Enumerable.Range(1, Items - 1).Select(start => new RankingCase(start, Walk(start, 4), Next(Walk(start, 4)[^1]))).ToArray();
        var report = LeaveOneOutRanking.AmongAll(cases, Items, model.Score, isHistoryExcluded: true, firstItem: 1);
        Assert.True(report.HitRate(1) > 0.9, $"{model.Report.Epochs[^1]}: {report.HitRate(1)}");
    }

    [Fact]
    public void Candidates_have_the_scores_that_they_have_among_all()
    {
        using var model = Train(new SasRec { Dimensions = 8, Blocks = 1, MaxLength = 4 }, 1);
        RankingCase[] cases = [new(0, [], 1), new(1, [3], 1), new(2, Walk(2, 11), 5)];
        var all = new float[3 * Items];
        model.Score(cases, [], all);
        int[] candidates = [1, 5, 9, 12, 2, 2];
        var some = new float[6];
        model.Score(cases, candidates, some);
        for (var i = 0; i < some.Length; i++)
        {
            Assert.Equal(all[(i / 2 * Items) + candidates[i]], some[i], 1e-4f);
        }

        Assert.Throws<ArgumentException>(() => model.Score(cases, [], new float[(3 * Items) - 1]));
        Assert.Throws<ArgumentException>(() => model.Score(cases, candidates, new float[5]));
        Assert.Throws<ArgumentException>(() => model.Score(cases, candidates[..5], new float[5]));
        Assert.Throws<ArgumentException>(() => model.Score(cases, [1, 5, 9, Items, 2, 2], some));
        Assert.All(all[..Items], score => Assert.Equal(0, score));
        Assert.Contains("outside of 1 to 12", Assert.Throws<ArgumentException>(() => model.Score([new(0, [13], 1)], [], new float[Items])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_latest_items_count_and_later_ones_are_not_looked_at()
    {
        using var model = Train(new SasRec { Dimensions = 8, Blocks = 2, MaxLength = 4 }, 1);
        var vectors = new float[16];
        model.UserVectors([[7, 8, 1, 2, 3, 4], [9, 5, 1, 2, 3, 4]], vectors);
        Assert.Equal(vectors[..8], vectors[8..]);
    }

    [Fact]
    public void Training_on_one_thread_depends_on_the_seed_alone()
    {
        var architecture = new SasRec { Dimensions = 8, Blocks = 1, MaxLength = 8, Negatives = 4 };
        using var one = Train(architecture, 2);
        using var same = Train(architecture, 2);
        using var other = Train(architecture, 2, seed: 2);
        Assert.Equal(one.ItemVectors, same.ItemVectors);
        Assert.NotEqual(one.ItemVectors, other.ItemVectors);
    }

    [Fact]
    public void What_cannot_be_trained_on_is_refused()
    {
        var options = new GraphTrainerOptions();
        Assert.Contains("history 1 has an item outside", Assert.Throws<ArgumentException>(() => SequenceModel.Train(new SasRec(), [[1, 2], [1, 99]], Items, options)).Message, StringComparison.Ordinal);
        Assert.Contains("no examples", Assert.Throws<TrainingDataException>(() => SequenceModel.Train(new SasRec(), [[1], []], Items, options)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SequenceModel.Train(new SasRec { Dimensions = 10, Heads = 3 }, [[1, 2]], Items, options));
        Assert.ThrowsAny<ArgumentException>(() => SequenceModel.Train(new SasRec { Dropout = 1 }, [[1, 2]], Items, options));
    }

    [Fact]
    public void Long_histories_are_cut_into_pieces_that_foretell_every_item_but_the_first()
    {
        var layout = SequenceExamples.Layout(Items, 3);
        var table = SequenceExamples.ForTraining(layout, [[1, 2, 3, 4, 5, 6], [7], [8, 9]]);
        Assert.Equal(["3 4 5>4 5 6", "1 2>2 3", "8>9"], Enumerable.Range(0, table.Count).Select(i => $"{string.Join(' ', table.Sequences[0][i].ToArray())}>{string.Join(' ', table.Sequences[1][i].ToArray())}"));
    }

    private static SequenceModel Train(ISequenceArchitecture architecture, int epochs, int seed = 1)
    {
        var random = new Random(3);
        var histories = Enumerable.Range(0, 300).Select(i => Walk(1 + (i % (Items - 1)), 4 + random.Next(4))).ToArray();
        return SequenceModel.Train(architecture, histories, Items, new GraphTrainerOptions { Epochs = epochs, BatchSize = 32, Threads = 1, Optimizer = new Adam(0.01f), Seed = seed }, seed: seed);
    }

    private static int[] Walk(int start, int length)
    {
        var walk = new int[length];
        walk[0] = start;
        for (var i = 1; i < length; i++)
        {
            walk[i] = Next(walk[i - 1]);
        }

        return walk;
    }

    // One cycle through all items: 2 generates the numbers modulo 13.
    private static int Next(int item) => item * 2 % 13;
}
