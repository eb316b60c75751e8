namespace Siskin.Data.Datasets.Synthetic;

/// <summary>What a recommender that knew everything about a synthetic world would answer: the ceiling for all others.</summary>
/// <remarks>
/// <para>
/// The score of an item is the probability that the user's next click falls on it, given the user's true taste at the
/// time, what exists then and what the user has clicked before. With q the mixture from which exposures are drawn,
/// restricted to eligible items, m exposures and w = exp(sharpness · affinity), it is taken as
/// (1 − (1 − q)ᵐ) · w / (w + (m − 1) · W), where W is the mean of w under q, and scaled to sum to 1: the chance that the
/// item is exposed, times its share of the weights when those of the other exposures are replaced by their mean.
/// </para>
/// <para>
/// Ranking by it is close to the best possible order for the user's next clicks; nobody can know chance, the later walk
/// of the taste, or items that do not exist yet. Building plays the world once and keeps 12 bytes a click.
/// Safe for concurrent use.
/// </para>
/// </remarks>
public sealed class SyntheticOracle
{
    private readonly SyntheticPopulation _population;
    private readonly long[][] _times;
    private readonly int[][] _items;

    /// <summary>Plays a world to learn who clicked what.</summary>
    /// <param name="world">The world; it is not changed.</param>
    public SyntheticOracle(SyntheticWorld world)
    {
        ArgumentNullException.ThrowIfNull(world);
        _population = world.Population;
        var times = new List<long>[_population.Options.Users];
        var items = new List<int>[times.Length];
        for (var u = 0; u < times.Length; u++)
        {
            (times[u], items[u]) = ([], []);
        }

        foreach (var action in new SyntheticSimulation(_population).Play())
        {
            if (action.Kind == SyntheticActionKind.Click)
            {
                times[action.User].Add(action.Milliseconds);
                items[action.User].Add(action.Item);
            }
        }

        _times = Array.ConvertAll(times, list => list.ToArray());
        _items = Array.ConvertAll(items, list => list.ToArray());
    }

    /// <summary>How many items the world has: the length of a row of scores.</summary>
    public int ItemCount => _population.Options.Items;

    /// <summary>Scores every item for a user.</summary>
    /// <param name="userId">Id of a user of the world.</param>
    /// <param name="at">When; what the user clicked at or before it, and what is created after it, gets 0.</param>
    /// <param name="scores">
    /// Gets one probability for each item in the order of <see cref="SyntheticWorld.ReadItemsAsync"/>, larger is better;
    /// <see cref="ItemCount"/> long. They sum to 1, or are all 0 when nothing is left for the user.
    /// </param>
    /// <exception cref="ArgumentException">No such user, or the wrong length.</exception>
    /// <remarks>O(items).</remarks>
    public void Scores(string userId, DateTimeOffset at, Span<float> scores)
    {
        if (scores.Length != ItemCount)
        {
            throw new ArgumentException($"scores has {scores.Length} entries; one for each of {ItemCount} items is needed.", nameof(scores));
        }

        Scores(SyntheticWorld.UserNumber(userId, _population.Options.Users), at, scores);
    }

    /// <summary>Scores one item for a user: the same number as <see cref="Scores(string, DateTimeOffset, Span{float})"/> gives.</summary>
    /// <param name="user">Number of the user, from 0, in the order of <see cref="SyntheticWorld.ReadUsersAsync"/>.</param>
    /// <param name="item">Number of the item, from 0, in the order of <see cref="SyntheticWorld.ReadItemsAsync"/>.</param>
    /// <param name="at">When.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such user or item.</exception>
    /// <remarks>O(items), since the others' weights count: ask for all scores at once where several are needed.</remarks>
    public float Score(int user, int item, DateTimeOffset at)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(user);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(user, _population.Options.Users);
        ArgumentOutOfRangeException.ThrowIfNegative(item);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(item, ItemCount);
        var scores = new float[ItemCount];
        Scores(user, at, scores);
        return scores[item];
    }

    /// <summary>A user's true affinity to each item, before exposure and choice: the cosine of their latent vectors.</summary>
    /// <param name="user">Number of the user, from 0.</param>
    /// <param name="at">When.</param>
    /// <param name="affinities">Gets one number from −1 to 1 for each item; at least <see cref="ItemCount"/> long.</param>
    public void Affinities(int user, DateTimeOffset at, Span<float> affinities)
    {
        Span<float> taste = stackalloc float[SyntheticTuning.Dimension];
        _population.Taste(user, Milliseconds(at), taste);
        for (var i = 0; i < ItemCount; i++)
        {
            affinities[i] = (float)_population.Affinity(taste, i);
        }
    }

    private long Milliseconds(DateTimeOffset at) => (long)(at - _population.Options.Start).TotalMilliseconds;

    private void Scores(int user, DateTimeOffset at, Span<float> scores)
    {
        var now = Milliseconds(at);
        var n = ItemCount;
        var exposure = new double[n];
        Exposures(user, now, exposure);

        Span<float> taste = stackalloc float[SyntheticTuning.Dimension];
        _population.Taste(user, now, taste);
        var weights = new double[n];
        var mean = 0.0;
        for (var i = 0; i < n; i++)
        {
            if (exposure[i] > 0)
            {
                weights[i] = StableMath.Exp(SyntheticTuning.Sharpness * _population.Affinity(taste, i));
                mean += exposure[i] * weights[i];
            }
        }

        const int Others = SyntheticTuning.Exposed - 1;
        var total = 0.0;
        for (var i = 0; i < n; i++)
        {
            if (exposure[i] > 0)
            {
                var shown = 1 - Math.Pow(1 - exposure[i], SyntheticTuning.Exposed);
                weights[i] = shown * weights[i] / (weights[i] + (Others * mean));
                total += weights[i];
            }
        }

        for (var i = 0; i < n; i++)
        {
            scores[i] = total > 0 ? (float)(weights[i] / total) : 0;
        }
    }

    /// <summary>The mixture from which one exposure is drawn, restricted to eligible items; sums to 1.</summary>
    private void Exposures(int user, long now, double[] exposure)
    {
        var n = exposure.Length;
        var existing = _population.Existing(now);
        var old = _population.Existing(now - SyntheticTuning.NewMilliseconds);
        var newShare = old < existing ? SyntheticTuning.NewShare : 0;
        var even = (SyntheticTuning.RandomShare + SyntheticTuning.NewShare - newShare) / n;
        for (var i = 0; i < existing; i++)
        {
            exposure[i] = (SyntheticTuning.PopularShare * _population.Popularity[i]) + even;
            if (i >= old)
            {
                exposure[i] += newShare / (existing - old);
            }
        }

        const double TagShare = 1 - SyntheticTuning.PopularShare - SyntheticTuning.RandomShare - SyntheticTuning.NewShare;
        _population.AddTagProbability(user, TagShare, exposure);
        Array.Clear(exposure, existing, n - existing);
        var (times, items) = (_times[user], _items[user]);
        for (var c = 0; c < times.Length && times[c] <= now; c++)
        {
            exposure[items[c]] = 0;
        }

        var total = 0.0;
        foreach (var share in exposure)
        {
            total += share;
        }

        for (var i = 0; i < n && total > 0; i++)
        {
            exposure[i] /= total;
        }
    }
}
