using Siskin.Data.Events;
using Siskin.Serving.Releases;

namespace Siskin.Serving.Snapshot;

/// <summary>The release's item statistics, kept up to date by events.</summary>
/// <remarks>One writer at a time; readers see each number whole, and the numbers of one item perhaps a moment apart.</remarks>
internal sealed class LiveStatistics
{
    // Beyond this exponent the forward decay is moved to a new origin, long before a double overflows (2^1023).
    private const double MaxExponent = 400;

    private Columns _columns;
    private long _latestMs;
    private long _changes;

    public LiveStatistics(ItemStatistics source, long latestMs)
    {
        PopularityHalfLifeMs = source.PopularityHalfLifeMs;
        TrendHalfLifeMs = source.TrendHalfLifeMs;
        _latestMs = latestMs;
        _columns = new Columns
        {
            PopularityOriginMs = source.OriginMs,
            TrendOriginMs = source.OriginMs,
            Consumers = (int[])source.Consumers.Clone(),
            Popularity = (double[])source.Popularity.Clone(),
            Trend = (double[])source.Trend.Clone(),
            Opinions = (int[])source.Opinions.Clone(),
            Likes = (int[])source.Likes.Clone(),
        };
    }

    public double PopularityHalfLifeMs { get; }

    public double TrendHalfLifeMs { get; }

    /// <summary>Time of the latest event: the moment that decayed counts refer to.</summary>
    public long LatestMs => Volatile.Read(ref _latestMs);

    /// <summary>Grows with every change: tells whether lists made from the statistics are stale.</summary>
    public long Changes => Volatile.Read(ref _changes);

    public Columns Current => Volatile.Read(ref _columns);

    public void Add(int row, EventTypeDefinition type, double? value, long timeMs)
    {
        var columns = _columns;
        if (row >= columns.Consumers.Length)
        {
            columns = columns.Grow(row + 1);
            Volatile.Write(ref _columns, columns);
        }

        if (type.Weight > 0)
        {
            columns = Rebase(columns, timeMs);
            columns.Popularity[row] += type.Weight * double.Exp2((timeMs - columns.PopularityOriginMs) / PopularityHalfLifeMs);
            columns.Trend[row] += type.Weight * double.Exp2((timeMs - columns.TrendOriginMs) / TrendHalfLifeMs);
        }

        if (type.IsConsumption)
        {
            columns.Consumers[row]++;
        }

        var liked = type.IsLike(value);
        if (liked || type.Weight < 0 || type.LikedFrom is not null)
        {
            columns.Opinions[row]++;
            columns.Likes[row] += liked ? 1 : 0;
        }

        if (timeMs > _latestMs)
        {
            Volatile.Write(ref _latestMs, timeMs);
        }

        Volatile.Write(ref _changes, _changes + 1);
    }

    /// <summary>Factor that turns a forward-decayed popularity into the decayed count at the latest event.</summary>
    public double PopularityScale(Columns columns) => double.Exp2((columns.PopularityOriginMs - LatestMs) / PopularityHalfLifeMs);

    /// <summary>Factor that turns a forward-decayed trend into the decayed count at the latest event.</summary>
    public double TrendScale(Columns columns) => double.Exp2((columns.TrendOriginMs - LatestMs) / TrendHalfLifeMs);

    private Columns Rebase(Columns columns, long timeMs)
    {
        var moved = columns;
        if ((timeMs - columns.PopularityOriginMs) / PopularityHalfLifeMs > MaxExponent)
        {
            moved = moved with
            {
                PopularityOriginMs = timeMs,
                Popularity = Scale(moved.Popularity, double.Exp2((columns.PopularityOriginMs - timeMs) / PopularityHalfLifeMs)),
            };
        }

        if ((timeMs - columns.TrendOriginMs) / TrendHalfLifeMs > MaxExponent)
        {
            moved = moved with
            {
                TrendOriginMs = timeMs,
                Trend = Scale(moved.Trend, double.Exp2((columns.TrendOriginMs - timeMs) / TrendHalfLifeMs)),
            };
        }

        if (!ReferenceEquals(moved, columns))
        {
            Volatile.Write(ref _columns, moved);
        }

        return moved;
    }

    private static double[] Scale(double[] values, double factor)
    {
        var scaled = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            scaled[i] = values[i] * factor;
        }

        return scaled;
    }

    /// <summary>The numbers by row; rows beyond an array's length count as zero.</summary>
    internal sealed record Columns
    {
        public required long PopularityOriginMs { get; init; }

        public required long TrendOriginMs { get; init; }

        public required int[] Consumers { get; init; }

        public required double[] Popularity { get; init; }

        public required double[] Trend { get; init; }

        public required int[] Opinions { get; init; }

        public required int[] Likes { get; init; }

        public Columns Grow(int rows)
        {
            var size = Math.Max(rows, Consumers.Length + (Consumers.Length / 4) + 64);
            return this with
            {
                Consumers = Resize(Consumers, size),
                Popularity = Resize(Popularity, size),
                Trend = Resize(Trend, size),
                Opinions = Resize(Opinions, size),
                Likes = Resize(Likes, size),
            };
        }

        private static T[] Resize<T>(T[] values, int size)
        {
            Array.Resize(ref values, size);
            return values;
        }
    }
}
