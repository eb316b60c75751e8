using Siskin.Models.Graph;
using Siskin.Models.Graph.Optimizers;
using Siskin.Models.Retrieval.Towers;
using Siskin.Models.Training;

namespace Siskin.Tests.Models.Retrieval.Towers;

public sealed class TwoTowerTests
{
    private const int Users = 40;
    private const int Items = 30;

    private static readonly ExampleLayout Layout = new() { Fields = [new("user", Users), new("item", Items), new("genre", 3)], Labels = [] };

    [Fact]
    public void Users_are_near_to_items_of_the_kind_that_they_take_even_to_one_never_taken()
    {
        var random = new Random(5);
        var ids = Enumerable.Range(0, 1500).SelectMany(_ =>
        {
            var user = random.Next(Users);
            var item = 1 + (user % 3) + (3 * random.Next((Items / 3) - 2));
            return new[] { user, item, GenreOf(item) };
        }).ToArray();
        var frequencies = new int[Items];
        for (var i = 1; i < ids.Length; i += 3)
        {
            frequencies[ids[i]]++;
        }

        using var graph = new TwoTower { UserInputs = ["user"], ItemInputs = ["item", "genre"], Item = "item", EmbeddingDimensions = 8, Layers = [16], Dimensions = 8, Frequencies = frequencies }.Build(Layout);
        var report = new GraphTrainer(new GraphTrainerOptions { Epochs = 15, BatchSize = 128, Threads = 2, Optimizer = new Adam(0.01f) }).Train(graph, Table(ids));
        Assert.True(report.Epochs[^1].Loss < report.Epochs[0].Loss);
        var model = TwoTowerModel.Create(
            graph,
            Table([.. Enumerable.Range(0, Users).SelectMany(user => new[] { user, 0, 0 })]),
            Table([.. Enumerable.Range(0, Items).SelectMany(item => new[] { 0, item, GenreOf(item) })]));
        var scores = new float[Items];
        for (var user = 0; user < Users; user++)
        {
            model.ScoreInto(user, default, scores);
            var own = Enumerable.Range(1, Items - 1).Where(item => GenreOf(item) == user % 3).Select(item => scores[item]).ToArray();
            var others = Enumerable.Range(1, Items - 1).Where(item => GenreOf(item) != user % 3).Select(item => scores[item]).ToArray();
            Assert.Equal(0, frequencies[Items - 1]);
            Assert.True(own.Min() > others.Average() + 0.2f && own.Average() > others.Max(), $"user {user}: {own.Min()} of its kind, {others.Max()} of others");
        }

        Assert.Throws<ArgumentException>(() => model.ScoreInto(Users, default, scores));
        Assert.Throws<ArgumentException>(() => model.ScoreInto(0, default, new float[3]));
    }

    [Fact]
    public void Wrong_settings_are_named()
    {
        Assert.Contains("colour", Assert.Throws<ArgumentException>(() => new TwoTower { UserInputs = ["colour"], ItemInputs = ["item"], Item = "item" }.Build(Layout)).Message, StringComparison.Ordinal);
        Assert.Contains("3 frequencies for 30 ids", Assert.Throws<ArgumentException>(() => new TwoTower { UserInputs = ["user"], ItemInputs = ["item"], Item = "item", Frequencies = [1, 2, 3] }.Build(Layout)).Message, StringComparison.Ordinal);
    }

    private static int GenreOf(int item) => item == 0 ? 0 : (item - 1) % 3;

    private static ExampleTable Table(int[] ids) => new(Layout, ids.Length / 3, ids, [], [], []);
}
