using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Evaluation;

/// <summary>Intervals and significance by drawing users with replacement. Efron 1979; percentile intervals.</summary>
/// <remarks>Every resample has a random source of its own, so that threads change nothing. O(resamples · users).</remarks>
public static class Bootstrap
{
    /// <summary>The interval of a weighted mean over users.</summary>
    /// <param name="users">One entry per user; those with NaN are left out.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An option is out of range, nobody counts, or a weight is not above 0 and finite.</exception>
    public static ConfidenceInterval Interval(ReadOnlySpan<UserMetric> users, BootstrapOptions? options = null, CancellationToken cancellationToken = default) =>
        Resample(users, options ?? new(), cancellationToken).Interval;

    /// <summary>Whether a second model differs from a first on the same users.</summary>
    /// <param name="first">The first model's figures.</param>
    /// <param name="second">The second's, the same users in the same order with the same weights; users that have no figure in either are left out.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The users differ, or as in <see cref="Interval"/>.</exception>
    public static PairedDifference Compare(
        ReadOnlySpan<UserMetric> first, ReadOnlySpan<UserMetric> second, BootstrapOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (first.Length != second.Length)
        {
            throw new ArgumentException($"{first.Length} and {second.Length} users cannot be paired", nameof(second));
        }

        var differences = new UserMetric[first.Length];
        for (var i = 0; i < differences.Length; i++)
        {
            if (first[i].User != second[i].User || first[i].Weight != second[i].Weight)
            {
                throw new ArgumentException($"entry {i} is user {first[i].User} with weight {first[i].Weight} and user {second[i].User} with {second[i].Weight}", nameof(second));
            }

            differences[i] = first[i] with { Value = second[i].Value - first[i].Value };
        }

        var (interval, means) = Resample(differences, options ?? new(), cancellationToken);
        var (below, above) = (1, 1);
        foreach (var mean in means)
        {
            below += mean <= 0 ? 1 : 0;
            above += mean >= 0 ? 1 : 0;
        }

        return new(interval, Math.Min(1, 2.0 * Math.Min(below, above) / (means.Length + 1)));
    }

    /// <summary>The interval of the area under the curve, of examples that users share: users are drawn, each with all its examples.</summary>
    /// <param name="scores">A score of each example by each of one or more models of one kind, such as seeds; their areas are averaged.</param>
    /// <param name="labels">0 or 1.</param>
    /// <param name="users">The user of each example.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An option is out of range, lengths differ, or there is one label only.</exception>
    /// <remarks>O(models · examples · resamples). A resample with one label only counts as one half.</remarks>
    public static ConfidenceInterval AucInterval(IReadOnlyList<float[]> scores, float[] labels, int[] users, BootstrapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(users);
        options ??= new();
        OptionsValidation.Check(options);
        var mean = scores.Average(model => BinaryMetrics.Auc(model, labels));
        if (users.Length != labels.Length || double.IsNaN(mean))
        {
            throw new ArgumentException($"{users.Length} users for {labels.Length} labels, whose area is {mean}", nameof(users));
        }

        var numbers = new Dictionary<int, int>();
        var user = Array.ConvertAll(users, id => numbers.TryGetValue(id, out var number) ? number : numbers[id] = numbers.Count);
        var orders = scores.Select(model => Order(model, labels.Length)).ToArray();
        var drawn = Draw(options, cancellationToken, random =>
        {
            var times = new int[numbers.Count];
            for (var i = 0; i < times.Length; i++)
            {
                times[random.Next(times.Length)]++;
            }

            var sum = 0.0;
            for (var model = 0; model < orders.Length; model++)
            {
                sum += WeightedAuc(scores[model], orders[model], labels, user, times);
            }

            return sum / orders.Length;
        });
        return Between(mean, drawn, options, numbers.Count);
    }

    private static int[] Order(float[] scores, int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        Array.Sort((float[])scores.Clone(), order);
        return order;
    }

    // Pairs that are in order, ties by half, over all pairs; an example counts as often as its user was drawn.
    private static double WeightedAuc(float[] scores, int[] order, float[] labels, int[] user, int[] times)
    {
        var (below, positives, right) = (0L, 0L, 0.0);
        for (var at = 0; at < order.Length;)
        {
            var (score, tiedBelow, tiedAbove) = (scores[order[at]], 0L, 0L);
            for (; at < order.Length && scores[order[at]] == score; at++)
            {
                var weight = times[user[order[at]]];
                if (labels[order[at]] > 0)
                {
                    tiedAbove += weight;
                }
                else
                {
                    tiedBelow += weight;
                }
            }

            right += tiedAbove * (below + (tiedBelow / 2.0));
            below += tiedBelow;
            positives += tiedAbove;
        }

        return positives == 0 || below == 0 ? 0.5 : right / ((double)positives * below);
    }

    private static (ConfidenceInterval Interval, double[] Means) Resample(ReadOnlySpan<UserMetric> users, BootstrapOptions options, CancellationToken cancellationToken)
    {
        OptionsValidation.Check(options);
        var counting = new List<UserMetric>(users.Length);
        var (sum, total) = (0.0, 0.0);
        foreach (var user in users)
        {
            if (double.IsNaN(user.Value))
            {
                continue;
            }

            if (!(user.Weight > 0 && double.IsFinite(user.Weight) && double.IsFinite(user.Value)))
            {
                throw new ArgumentException($"user {user.User} has the value {user.Value} with weight {user.Weight}", nameof(users));
            }

            counting.Add(user);
            sum += user.Value * user.Weight;
            total += user.Weight;
        }

        if (counting.Count == 0)
        {
            throw new ArgumentException("no user has a figure", nameof(users));
        }

        var entries = counting.ToArray();
        var means = Draw(options, cancellationToken, random => DrawMean(entries, random));
        return (Between(sum / total, means, options, entries.Length), means);
    }

    // The statistic of each resample, ascending.
    private static double[] Draw(BootstrapOptions options, CancellationToken cancellationToken, Func<Random, double> statistic)
    {
        var drawn = new double[options.Resamples];
        RowPartition.Run(RowPartition.Create(drawn.Length, _ => 1), options.Threads, cancellationToken, () => 0, (_, start, end) =>
        {
            for (var i = start; i < end; i++)
            {
                drawn[i] = statistic(new Random(SeedOf(options.Seed, i)));
            }
        });

        Array.Sort(drawn);
        return drawn;
    }

    private static ConfidenceInterval Between(double mean, double[] drawn, BootstrapOptions options, int users)
    {
        var tail = (1 - options.Confidence) / 2;
        return new(mean, Quantile(drawn, tail), Quantile(drawn, 1 - tail), users);
    }

    private static double DrawMean(UserMetric[] users, Random random)
    {
        var (sum, total) = (0.0, 0.0);
        for (var i = 0; i < users.Length; i++)
        {
            ref readonly var user = ref users[random.Next(users.Length)];
            sum += user.Value * user.Weight;
            total += user.Weight;
        }

        return sum / total;
    }

    /// <summary>SplitMix64's mixing: neighbouring resamples get unrelated seeds, the same in every process.</summary>
    private static int SeedOf(int seed, int resample)
    {
        var z = ((ulong)(uint)seed << 32) + ((ulong)(uint)resample * 0x9E3779B97F4A7C15) + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)(z ^ (z >> 31));
    }

    private static double Quantile(double[] sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var low = (int)at;
        var high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + ((at - low) * (sorted[high] - sorted[low]));
    }
}
