using Siskin.Models.Interactions;

namespace Siskin.Models.Evaluation;

/// <summary>Ways to hold interactions back. Every interaction lands in exactly one part.</summary>
public static class DataSplits
{
    /// <summary>Cuts at one moment for everybody: nothing that is judged happened before anything that was learnt from.</summary>
    /// <param name="interactions">In any order.</param>
    /// <param name="quantile">Above 0 and below 1. With n interactions in order of time, the cut is the time of number ⌊n · quantile⌋, counted from 0.</param>
    /// <returns>Train: everything before the cut. Test: the cut and later, so that equal times stay together.</returns>
    public static DataSplit GlobalTemporal(ReadOnlySpan<Interaction> interactions, double quantile)
    {
        CheckShare(quantile);
        if (interactions.IsEmpty)
        {
            return new([], []);
        }

        var times = new long[interactions.Length];
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = interactions[i].TimeMs;
        }

        Array.Sort(times);
        var cut = times[(int)(times.Length * quantile)];
        var isTest = new bool[interactions.Length];
        for (var i = 0; i < isTest.Length; i++)
        {
            isTest[i] = interactions[i].TimeMs >= cut;
        }

        return Divide(interactions, isTest);
    }

    /// <summary>Holds back the last part of each user's interactions.</summary>
    /// <param name="interactions">In any order; of equal times the one that stands later counts as later.</param>
    /// <param name="share">
    /// Above 0 and below 1. Of a user's n interactions the last max(1, ⌊n · share⌋) are held back; the only interaction of a
    /// user never is.
    /// </param>
    public static DataSplit PerUserTemporal(ReadOnlySpan<Interaction> interactions, double share = 0.2)
    {
        CheckShare(share);
        var keys = new (int User, long Time, int Position)[interactions.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = (interactions[i].User, interactions[i].TimeMs, i);
        }

        Array.Sort(keys);
        var isTest = new bool[keys.Length];
        for (int start = 0, end; start < keys.Length; start = end)
        {
            end = EndOfUser(keys, start);
            for (var i = end - HeldBack(end - start, share); i < end; i++)
            {
                isTest[keys[i].Position] = true;
            }
        }

        return Divide(interactions, isTest);
    }

    /// <summary>Holds back a random part of each user's interactions, for data without times.</summary>
    /// <param name="interactions">In any order; the choice depends on it.</param>
    /// <param name="share">Above 0 and below 1; as many are held back as in <see cref="PerUserTemporal"/>.</param>
    /// <param name="seed">The same seed gives the same split.</param>
    public static DataSplit PerUserRandom(ReadOnlySpan<Interaction> interactions, double share, int seed)
    {
        CheckShare(share);
        var keys = new (int User, long Time, int Position)[interactions.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = (interactions[i].User, 0, i);
        }

        Array.Sort(keys);
        var random = new Random(seed);
        var isTest = new bool[keys.Length];
        for (int start = 0, end; start < keys.Length; start = end)
        {
            end = EndOfUser(keys, start);
            var user = keys.AsSpan(start, end - start);
            random.Shuffle(user);
            foreach (var key in user[..HeldBack(user.Length, share)])
            {
                isTest[key.Position] = true;
            }
        }

        return Divide(interactions, isTest);
    }

    private static int HeldBack(int count, double share) => count < 2 ? 0 : Math.Max(1, (int)(count * share));

    private static int EndOfUser((int User, long Time, int Position)[] keys, int start)
    {
        var end = start;
        while (end < keys.Length && keys[end].User == keys[start].User)
        {
            end++;
        }

        return end;
    }

    private static DataSplit Divide(ReadOnlySpan<Interaction> interactions, bool[] isTest)
    {
        var testCount = isTest.AsSpan().Count(true);
        var test = new Interaction[testCount];
        var train = new Interaction[interactions.Length - testCount];
        var (trainAt, testAt) = (0, 0);
        for (var i = 0; i < interactions.Length; i++)
        {
            if (isTest[i])
            {
                test[testAt++] = interactions[i];
            }
            else
            {
                train[trainAt++] = interactions[i];
            }
        }

        return new(train, test);
    }

    private static void CheckShare(double share)
    {
        if (!(share > 0 && share < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "must be above 0 and below 1");
        }
    }
}
