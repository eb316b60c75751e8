using Siskin.Data.Datasets.Synthetic;

namespace Siskin.Tests.Data.Datasets.Synthetic;

/// <summary>
/// NDCG@10 of simple rankings on a synthetic world: the last fifth of each user's clicks are to be found among all items
/// that the user has not clicked before; mean over users with such clicks.
/// </summary>
internal sealed class SyntheticQuality
{
    private readonly int _items;
    private readonly List<(int Item, long Time)>[] _clicks;

    public SyntheticQuality(SyntheticWorld world)
    {
        _items = world.Options.Items;
        _clicks = [.. Enumerable.Range(0, world.Options.Users).Select(_ => new List<(int, long)>())];
        foreach (var action in new SyntheticSimulation(world.Population).Play())
        {
            if (action.Kind == SyntheticActionKind.Click)
            {
                _clicks[action.User].Add((action.Item, action.Milliseconds));
            }
        }

        var popularity = new float[_items];
        var together = new float[_items][];
        for (var i = 0; i < _items; i++)
        {
            together[i] = new float[_items];
        }

        for (var u = 0; u < _clicks.Length; u++)
        {
            var train = _clicks[u].Take(Cut(u)).ToArray();
            foreach (var (item, _) in train)
            {
                popularity[item]++;
                foreach (var (other, _) in train)
                {
                    together[item][other]++;
                }
            }
        }

        var oracle = new SyntheticOracle(world);
        var scores = new float[_items];
        var users = 0;
        for (var u = 0; u < _clicks.Length; u++)
        {
            var cut = Cut(u);
            if (cut == 0 || cut == _clicks[u].Count)
            {
                continue;
            }

            users++;
            popularity.CopyTo(scores, 0);
            Popularity += Ndcg(u, scores);
            Array.Clear(scores);
            foreach (var (item, _) in _clicks[u].Take(cut))
            {
                for (var j = 0; j < _items; j++)
                {
                    scores[j] += together[item][j] / MathF.Sqrt(Math.Max(1, popularity[item] * popularity[j]));
                }
            }

            ItemCf += Ndcg(u, scores);
            var at = world.Options.Start.AddMilliseconds(_clicks[u][cut - 1].Time);
            oracle.Scores(SyntheticWorld.UserId(u), at, scores);
            Oracle += Ndcg(u, scores);
            oracle.Affinities(u, at, scores);
            scores.AsSpan(world.Population.Existing(_clicks[u][cut - 1].Time)).Fill(-2);
            Affinity += Ndcg(u, scores);
        }

        (Popularity, ItemCf, Oracle, Affinity) = (Popularity / users, ItemCf / users, Oracle / users, Affinity / users);
    }

    public double Popularity { get; }

    public double ItemCf { get; }

    public double Oracle { get; }

    public double Affinity { get; }

    private int Cut(int user) => _clicks[user].Count - (_clicks[user].Count / 5);

    private double Ndcg(int user, float[] scores)
    {
        foreach (var (item, _) in _clicks[user].Take(Cut(user)))
        {
            scores[item] = float.NegativeInfinity;
        }

        var wanted = _clicks[user].Skip(Cut(user)).Select(click => click.Item).ToHashSet();
        var order = Enumerable.Range(0, _items).ToArray();
        Array.Sort((float[])[.. scores.Select(score => -score)], order);
        var (gain, ideal) = (0.0, 0.0);
        for (var rank = 0; rank < 10; rank++)
        {
            gain += wanted.Contains(order[rank]) ? 1 / Math.Log2(rank + 2) : 0;
            ideal += rank < wanted.Count ? 1 / Math.Log2(rank + 2) : 0;
        }

        return gain / ideal;
    }
}
