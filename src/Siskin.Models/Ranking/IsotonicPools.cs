namespace Siskin.Models.Ranking;

/// <summary>The pools of <see cref="IsotonicCalibration.Fit"/>.</summary>
internal static class IsotonicPools
{
    public static IsotonicCalibration Fit(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, int maxKnots, double smoothing)
    {
        var pools = MergeViolators(Samples(scores, labels, weights), 0, 0);
        MergeClosest(pools, maxKnots);
        var (positives, weight) = (0.0, 0.0);
        foreach (var pool in pools)
        {
            positives += pool.Positives;
            weight += pool.Weight;
        }

        // Small pools move further towards the rate than large ones, which can break the order again.
        var rate = (positives + 1) / (weight + 2);
        var smooth = MergeViolators(pools, smoothing, rate);
        var knotScores = new List<float>();
        var probabilities = new List<float>();
        foreach (var pool in smooth)
        {
            var score = (float)(pool.ScoreSum / pool.Weight);
            var probability = (float)Math.Clamp(pool.Mean(smoothing, rate), 0, 1);
            if (knotScores.Count > 0 && score <= knotScores[^1])
            {
                // Means that float cannot tell apart: the later pool speaks for both.
                probabilities[^1] = probability;
                continue;
            }

            knotScores.Add(score);
            probabilities.Add(probability);
        }

        return new IsotonicCalibration([.. knotScores], [.. probabilities]);
    }

    private static List<Pool> Samples(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        var keys = scores.ToArray();
        var order = new int[keys.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
            var weight = weights.IsEmpty ? 1 : weights[i];
            if (!float.IsFinite(keys[i]) || !(labels[i] is >= 0 and <= 1) || !(weight > 0) || !float.IsFinite(weight))
            {
                throw new ArgumentException($"sample {i}: score {keys[i]}, label {labels[i]} or weight {weight} is out of range");
            }
        }

        Array.Sort(keys, order);
        var pools = new List<Pool>();
        for (var i = 0; i < order.Length; i++)
        {
            double weight = weights.IsEmpty ? 1 : weights[order[i]];
            var sample = new Pool(weight * labels[order[i]], weight, weight * keys[i]);

            // Equal scores are one point and must get one probability.
            if (i > 0 && keys[i] == keys[i - 1])
            {
                pools[^1] = pools[^1].Plus(sample);
            }
            else
            {
                pools.Add(sample);
            }
        }

        return pools;
    }

    private static List<Pool> MergeViolators(List<Pool> pools, double smoothing, double rate)
    {
        var merged = new List<Pool>();
        foreach (var next in pools)
        {
            var pool = next;
            while (merged.Count > 0 && merged[^1].Mean(smoothing, rate) >= pool.Mean(smoothing, rate))
            {
                pool = merged[^1].Plus(pool);
                merged.RemoveAt(merged.Count - 1);
            }

            merged.Add(pool);
        }

        return merged;
    }

    // Merges the neighbours whose merging adds least squared error until few enough are left.
    private static void MergeClosest(List<Pool> pools, int limit)
    {
        var next = new int[pools.Count];
        var previous = new int[pools.Count];
        var version = new int[pools.Count];
        var queue = new PriorityQueue<(int Left, int LeftVersion, int RightVersion), (double Cost, int Left)>();
        for (var i = 0; i < pools.Count; i++)
        {
            next[i] = i + 1;
            previous[i] = i - 1;
        }

        void Offer(int left)
        {
            if (left >= 0 && next[left] < pools.Count)
            {
                queue.Enqueue((left, version[left], version[next[left]]), (pools[left].CostOfMerging(pools[next[left]]), left));
            }
        }

        for (var i = 0; i < pools.Count; i++)
        {
            Offer(i);
        }

        var count = pools.Count;
        while (count > limit)
        {
            var (left, leftVersion, rightVersion) = queue.Dequeue();
            var right = next[left];
            if (version[left] != leftVersion || right >= pools.Count || version[right] != rightVersion)
            {
                continue;
            }

            pools[left] = pools[left].Plus(pools[right]);
            version[left]++;
            version[right] = -1;
            next[left] = next[right];
            if (next[left] < pools.Count)
            {
                previous[next[left]] = left;
            }

            count--;
            Offer(previous[left]);
            Offer(left);
        }

        var write = 0;
        for (var i = 0; i < next.Length; i++)
        {
            if (version[i] >= 0)
            {
                pools[write++] = pools[i];
            }
        }

        pools.RemoveRange(write, pools.Count - write);
    }

    private readonly record struct Pool(double Positives, double Weight, double ScoreSum)
    {
        public Pool Plus(Pool other) => new(Positives + other.Positives, Weight + other.Weight, ScoreSum + other.ScoreSum);

        public double Mean(double smoothing, double rate) => (Positives + (smoothing * rate)) / (Weight + smoothing);

        public double CostOfMerging(Pool other)
        {
            var difference = Mean(0, 0) - other.Mean(0, 0);
            return Weight * other.Weight / (Weight + other.Weight) * difference * difference;
        }
    }
}
